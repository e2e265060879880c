"""A development network: an embedded chain that keeps its data, contracts, participants and gateway in one home."""

from ledger.devnet.apart import apart
from ledger.devnet.errors import DevnetError
from ledger.devnet.network import Devnet, Places, Standing, down, standing, start_keeper
from ledger.devnet.states import Alarm

__all__ = ["Alarm", "Devnet", "DevnetError", "Places", "Standing", "apart", "down", "standing", "start_keeper"]

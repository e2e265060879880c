"""The trust file: what its holder believes beforehand, and what nothing in a receipt can change (docs/receipts.md)."""

from dataclasses import dataclass
from typing import Final

from passavant_verifier.canonical import Content, read_json
from passavant_verifier.errors import UnreadableError
from passavant_verifier.notes import NoteError, VerifierKey, count_holders
from passavant_verifier.qbft import ValidatorSets
from passavant_verifier.shapes import array, data, members, number, text
from passavant_verifier.webs import recognitions_of

FORMAT: Final = "application/vnd.passavant.trust+json;version=1"

_MOST_KEYS: Final = 256
_MOST_TRANSITIONS: Final = 65_536
_PLACES: Final = {"genesis": 32, "networkId": 32, "consignments": 20, "participants": 20}
_CODES: Final = {"consignmentsCode": 32, "participantsCode": 32, "recognitionsCode": 32}


@dataclass(frozen=True, slots=True)
class NetworkId:
    """Which network: what a receipt and the trust file must agree on."""

    chain_id: int
    network_id: bytes
    genesis: bytes
    consignments: bytes
    participants: bytes

    @property
    def contracts(self) -> dict[str, bytes]:
        """The contracts' addresses by name, in the order in which checkpoints fold their storage."""
        return {
            "Consignments": self.consignments,
            "Participants": self.participants,
            "Recognitions": recognitions_of(self.consignments),
        }


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Whose checkpoints count.

    Attributes:
        threshold: how many different witnesses must have signed.
        witnesses: their keys.
        operators: keys of those who run the ledger: they authenticate a checkpoint, and count nothing.
    """

    threshold: int
    witnesses: tuple[VerifierKey, ...]
    operators: tuple[VerifierKey, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust file, read.

    Attributes:
        name: the network's, for people.
        network: which network.
        codes: keccak-256 of the code at the contracts' addresses, in the order of `NetworkId.contracts`.
        anchor: who vouches for blocks: `Witnesses` of checkpoints, or QBFT's validators.
    """

    name: str
    network: NetworkId
    codes: tuple[bytes, ...]
    anchor: Witnesses | ValidatorSets


def read_network(content: Content, where: str) -> NetworkId:
    """The network that a receipt names.

    Raises:
        UnreadableError: a member is missing, unknown or of the wrong kind.
    """
    return _network(members(content, where, ("chainId", *_PLACES)), where)


def read_trust(raw: bytes, where: str) -> Trust:
    """The trust file of its bytes, in any JSON spelling.

    Raises:
        UnreadableError: it is none, or its threshold can't be reached.
    """
    content = read_json(raw, where)
    scheme = "qbft" if isinstance(content, dict) and "qbft" in content else "checkpoint"
    top = members(content, where, ("format", "network", scheme))
    if top["format"] != FORMAT:
        raise UnreadableError(where, f"its format is not {FORMAT}")
    place = f"{where}: network"
    network = members(top["network"], place, ("chainId", "name", *_PLACES, *_CODES))
    codes = tuple(data(network[name], f"{place}.{name}", size) for name, size in _CODES.items())
    read = _validators if scheme == "qbft" else _witnesses
    return Trust(
        name=text(network["name"], f"{place}.name", 200),
        network=_network(network, place),
        codes=codes,
        anchor=read(top[scheme], f"{where}: {scheme}"),
    )


def _network(content: dict[str, Content], where: str) -> NetworkId:
    places = {name: data(content[name], f"{where}.{name}", size) for name, size in _PLACES.items()}
    return NetworkId(
        chain_id=number(content["chainId"], f"{where}.chainId", 1),
        network_id=places["networkId"],
        genesis=places["genesis"],
        consignments=places["consignments"],
        participants=places["participants"],
    )


def _witnesses(content: Content, where: str) -> Witnesses:
    checkpoint = members(content, where, ("operators", "threshold", "witnesses"))
    made = Witnesses(
        threshold=number(checkpoint["threshold"], f"{where}.threshold", 1),
        witnesses=_keys(checkpoint["witnesses"], f"{where}.witnesses"),
        operators=_keys(checkpoint["operators"], f"{where}.operators"),
    )
    if shared := {key.public for key in made.witnesses} & {key.public for key in made.operators}:
        raise UnreadableError(where, f"{len(shared)} key(s) are an operator's and a witness's at once")
    if count_holders(made.witnesses) < made.threshold:
        raise UnreadableError(where, "there are fewer witnesses than the threshold asks for")
    return made


def _keys(content: Content, where: str) -> tuple[VerifierKey, ...]:
    try:
        return tuple(VerifierKey.parse(text(one, where)) for one in array(content, where, _MOST_KEYS))
    except NoteError as error:
        raise UnreadableError(where, str(error)) from None


def _validators(content: Content, where: str) -> ValidatorSets:
    qbft = members(content, where, ("transitions", "validators"))
    transitions = []
    for one in array(qbft["transitions"], f"{where}.transitions", _MOST_TRANSITIONS):
        change = members(one, f"{where}.transitions", ("block", "validators"))
        block = number(change["block"], f"{where}.transitions.block", 1)
        transitions.append((block, _addresses(change["validators"], f"{where}.transitions.validators")))
    blocks = [block for block, _ in transitions]
    if blocks != sorted(set(blocks)):
        raise UnreadableError(where, "transitions are not ascending by block")
    return ValidatorSets(_addresses(qbft["validators"], f"{where}.validators"), tuple(transitions))


def _addresses(content: Content, where: str) -> frozenset[bytes]:
    listed = [data(one, where, 20) for one in array(content, where, _MOST_KEYS, 1)]
    if len(set(listed)) != len(listed):
        raise UnreadableError(where, "a validator stands twice")
    return frozenset(listed)

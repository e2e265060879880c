from tests.client.lodging import case, customs, express, lodged, platform
from tests.client.networks import client, devnet, eventually, founded, settings, team

__all__ = [
    "case",
    "client",
    "customs",
    "devnet",
    "eventually",
    "express",
    "founded",
    "lodged",
    "platform",
    "settings",
    "team",
]

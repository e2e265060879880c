from tests.client.networks import client, devnet, eventually, founded, settings, team

__all__ = ["client", "devnet", "eventually", "founded", "settings", "team"]

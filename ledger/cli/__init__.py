"""The command line: ``passavant``, thin over `ledger.client`. Heavy libraries are imported inside commands."""


def main() -> None:
    """Run the command line."""
    from ledger.cli.app import run

    run()


__all__ = ["main"]

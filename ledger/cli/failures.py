"""From an error to words on stderr and an exit code: one table."""

import sys
from enum import IntEnum, unique
from typing import Final

from ledger.errors import PassavantError


@unique
class Exit(IntEnum):
    """What a command's exit code says."""

    DONE = 0
    REFUSED = 1
    """Refused, invalid, or not what was hoped for."""
    USAGE = 2
    """The command was not understood: options, home directory, names in it."""
    UNKNOWN = 3
    """It can't be known now: the node or the store doesn't answer, or the answer takes too long."""


_CODES: Final = {
    "NodeUnreachable": Exit.UNKNOWN,
    "BadAnswer": Exit.UNKNOWN,
    "NodeError": Exit.UNKNOWN,
    "GatewayUnreachable": Exit.UNKNOWN,
    "WrongNetwork": Exit.UNKNOWN,
    "HistoryChanged": Exit.UNKNOWN,
    "StoreError": Exit.UNKNOWN,
    "HomeError": Exit.USAGE,
    "DescriptorError": Exit.USAGE,
}
"""By the name of the error, or of one that it is a kind of: nothing is imported for the table. Others: REFUSED."""


def exit_code(error: PassavantError) -> Exit:
    """What an error means to a script."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return next((_CODES[name] for name in names if name in _CODES), Exit.REFUSED)


def tell(error: object) -> None:
    """Say on stderr what went wrong."""
    print(f"passavant: {error}", file=sys.stderr)  # noqa: T201

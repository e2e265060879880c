"""The project's own messages, and how to make more."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.documents import Message, read

MESSAGES = Path(__file__).parents[1] / "messages"


@pytest.fixture
def message() -> Callable[[str], Message]:
    """The one message of a file in ``tests/messages``, by name without ending."""

    def load(name: str) -> Message:
        [found] = read((MESSAGES / f"{name}.xml").read_bytes(), f"{name}.xml")
        return found

    return load

"""Answers in which something is not what it should be: any part of them, anything in its place."""

from random import Random
from typing import Any

JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**40,
    1.5,
    "",
    "0x",
    "0xzz",
    "-0x1",
    "0x" + "f" * 70,
    "\x00",
    [],
    [[]],
    {},
    {"id": []},
)


def garbled(random: Random, answer: Any) -> Any:
    """The answer with junk in one place, chosen by going down into it."""
    if isinstance(answer, dict) and answer and random.random() < 0.85:
        name = random.choice(sorted(answer))
        return {**answer, name: garbled(random, answer[name])}
    if isinstance(answer, list) and answer and random.random() < 0.85:
        place = random.randrange(len(answer))
        return [*answer[:place], garbled(random, answer[place]), *answer[place + 1 :]]
    return random.choice(JUNK)

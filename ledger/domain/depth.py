"""How deeply a JSON text nests, told before a parser is let near it.

A recursive parser is stopped by the interpreter's recursion limit, which any library may raise beyond the stack.
"""

import re
from typing import Final

_STRUCTURE: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)
_OPENING: Final = frozenset((b"[", b"{"))
_CLOSING: Final = frozenset((b"]", b"}"))


def nests_deeper(text: bytes, limit: int) -> bool:
    """Whether JSON nests deeper than `limit` levels; looks at brackets outside of strings only."""
    if text.count(b"[") + text.count(b"{") <= limit:
        return False
    depth = 0
    for match in _STRUCTURE.finditer(text):
        token = match[0]
        if token in _OPENING:
            depth += 1
            if depth > limit:
                return True
        elif token in _CLOSING:
            depth -= 1
    return False

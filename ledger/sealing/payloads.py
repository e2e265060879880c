"""The payload: all that opens a commitment; what is sealed."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.domain.commitment import commit, schema_id
from ledger.domain.depth import nests_deeper
from ledger.errors import CommitmentError
from ledger.sealing.errors import PayloadRefused

_DEPTH: Final = 3


@dataclass(frozen=True, slots=True)
class Payload:
    """The fields of a version, or of evidence, with the seed of their salts: all that opens a commitment."""

    schema: str
    seed: bytes = field(repr=False)
    fields: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def schema_id(self) -> bytes:
        """The schema's id, 32 bytes."""
        return schema_id(self.schema)

    @property
    def root(self) -> bytes:
        """The commitment that it opens, 32 bytes.

        Raises:
            PayloadRefused: it opens none.
        """
        try:
            return commit(self.schema_id, self.fields, self.seed).root
        except (CommitmentError, UnicodeEncodeError) as error:
            raise PayloadRefused(f"the payload opens no commitment: {error}") from None

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"schema": self.schema, "seed": f"0x{self.seed.hex()}", "fields": [list(pair) for pair in self.fields]}

    @classmethod
    def from_json(cls, values: object) -> "Payload":
        """The payload of JSON values.

        Raises:
            PayloadRefused: they are none.
        """
        if not isinstance(values, dict) or values.keys() != {"schema", "seed", "fields"}:
            raise PayloadRefused("a payload has schema, seed and fields")
        schema, seed, pairs = values["schema"], values["seed"], values["fields"]
        if not isinstance(schema, str) or not isinstance(pairs, list) or not all(map(_is_pair, pairs)):
            raise PayloadRefused("schema is a text, fields is a list of pairs of path and value")
        return cls(schema, _seed(seed), tuple((path, value) for path, value in pairs))

    def to_bytes(self) -> bytes:
        """As the bytes that are sealed: JSON."""
        return json.dumps(self.to_json(), separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> "Payload":
        """The payload of bytes that were sealed.

        Raises:
            PayloadRefused: they are none.
        """
        if nests_deeper(content, _DEPTH):  # who sealed it may be anybody
            raise PayloadRefused("a payload is no deeper than a list of pairs")
        try:
            return cls.from_json(json.loads(content))
        except ValueError:
            raise PayloadRefused("a payload is JSON") from None


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == len(("path", "value")) and all(isinstance(one, str) for one in pair)


def _seed(text: object) -> bytes:
    try:
        if isinstance(text, str) and text.startswith("0x"):
            return bytes.fromhex(text[2:])
    except ValueError:
        pass
    raise PayloadRefused("seed is 32 bytes as 0x hex")

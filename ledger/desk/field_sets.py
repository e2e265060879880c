"""Grants for chosen fields: for each version a disclosure of them, sealed afresh for the one reader.

The grant names the field set by its hash (`fields_hash`), so that what is signed fixes what may be read. The reader
gets those fields with their salts and one proof, and nothing from which the others could be told.

A choice that names a version is *bound* to it: its grant opens that version alone, and what is sealed is the fields and
their proof, without the records around them. Arrangements open fields so (`ledger.desk.opening`).
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.client import Custody, SealedForReader
from ledger.desk.bench import Bench
from ledger.desk.disclosing import Choice, disclose, opened_fields
from ledger.desk.options import ContentMissing
from ledger.desk.sharing import YEAR, Shared
from ledger.documents.profiles import Profile
from ledger.domain.commitment import Opened, schema_id, verify_all
from ledger.domain.depth import nests_deeper
from ledger.domain.keccak import keccak256
from ledger.domain.merkle import MultiProof
from ledger.domain.wire import DeclarationId
from ledger.index.history import VersionShown
from ledger.sealing import NotCommitted, PayloadRefused, Sealed, Subject, seal

FIELD_SET_SCHEMA: Final = "passavant/field-set/v1"
_DEPTH: Final = 8


def fields_hash(choice: Choice) -> bytes:
    """What a `ReadGrant` names a field set by, 32 bytes: keccak-256 of the schema's name, the profile's name and
    version (empty without one), of a bound choice ``version`` and its number, and the patterns in order, each with a
    line feed after it.
    """  # noqa: D205 - one sentence
    profile = f"{choice.profile.name}@{choice.profile.version}" if choice.profile else ""
    bound = () if choice.version is None else (f"version {choice.version}",)  # no pattern has a space
    lines = (FIELD_SET_SCHEMA, profile, *bound, *sorted(set(choice.patterns)))
    return keccak256("".join(f"{line}\n" for line in lines).encode())


@dataclass(frozen=True, slots=True)
class FieldSet:
    """Chosen fields of a version as their reader has them, verified: path and value."""

    version: int
    fields: tuple[tuple[str, str], ...] = field(repr=False)


class FieldSets:
    """Grants for chosen fields, at one participant's bench."""

    def __init__(self, bench: Bench) -> None:
        """Grant and read at a bench."""
        self._bench = bench
        self._client = bench.client
        self._me = bench.identity.organisation

    def grant(self, declaration: DeclarationId, reader: int, choice: Choice, seconds: int = YEAR) -> Shared:
        """Let an organisation read chosen fields of every version that there is, or of the one named, for so long.

        Raises:
            DeskError: this participant is no party, or a pattern names nothing.
            ContentMissing, SealingError, PayloadRefused: it can't read the declaration itself.
        """
        versions = [one for one in self._client.versions(declaration) if choice.version in {None, one.number}]
        made = [self._made(declaration, one.number, reader, choice) for one in versions]
        grant = self._bench.sharing.sign(declaration, reader, self._bench.moment() + seconds, fields_hash(choice))
        custody = Custody(self._me, reader, grant.fields)
        kept = [self._keep(declaration, *one, custody) for one in zip(versions, made, strict=True)]
        return Shared(grant, len(versions), (reader,) if any(kept) else ())

    def withdraw(self, declaration: DeclarationId, reader: int, choice: Choice) -> Shared:
        """Take such a grant back; what was put together for the reader is destroyed at once."""
        kept = len(self._client.field_sets(declaration, self._me))
        grant = self._bench.sharing.sign(declaration, reader, self._bench.moment() - 1, fields_hash(choice))
        return Shared(grant, kept - len(self._client.field_sets(declaration, self._me)))

    def renew(self, declaration: DeclarationId) -> int:
        """Put together what this participant granted and is missing: later versions, newer keys; how many."""
        own = [one for one in self._client.field_sets(declaration, self._me) if one.wrap]
        made = 0
        for custody, one in {one.custody: one for one in own}.items():
            if custody.fields in self._client.rights.granted(declaration, custody.reader):
                made += self._complete(declaration, one, own)
        return made

    def _complete(self, declaration: DeclarationId, one: SealedForReader, own: Sequence[SealedForReader]) -> int:
        choice, custody = _choice(_parsed(self._bench.sealer.content(one))), one.custody
        current = {other.sealed.subject.commitment for other in own if other.custody == custody and self._fits(other)}
        wanted = [version for version in self._client.versions(declaration) if choice.version in {None, version.number}]
        missing = [version for version in wanted if version.commitment not in current]
        for version in missing:
            content = self._made(declaration, version.number, custody.reader, choice)
            self._keep(declaration, version, content, custody)
        return len(missing)

    def _fits(self, one: SealedForReader) -> bool:
        """Whether its reader can open it with its newest key."""
        key = self._bench.sealer.key_of(one.custody.reader)
        wraps = self._client.wrapped_for(one.sealed.subject.commitment, one.sealed.content_hash, self._me)
        return key is None or (key.organisation, key.version) in {(wrap.recipient, wrap.key_version) for wrap in wraps}

    def open(self, declaration: DeclarationId, number: int | None = None) -> FieldSet:
        """The chosen fields of a version that this participant may read, of all its grants.

        By default of the latest version; of an earlier one where its grants are for that version alone.

        Raises:
            ContentMissing: there are none.
            SealingError, PayloadRefused: what is here is not to be believed.
        """
        versions = [one for one in self._client.versions(declaration) if number in {None, one.number}]
        for version in reversed(versions):
            found = self._client.sealed(version.commitment, self._me)
            mine = [self._told(declaration, version, one) for one in found if one.custody.reader == self._me]
            if version is not versions[-1]:
                mine = [(choice, told) for choice, told in mine if choice.version is not None]
            if mine:
                opened = dict(pair for _, told in mine for pair in _verified(told["disclosure"], version))
                return FieldSet(version.number, tuple(sorted(opened.items())))
        raise ContentMissing(declaration, "is not in this store, or not for this participant")

    def kept(self, declaration: DeclarationId, version: VersionShown, reader: int, choice: Choice) -> bool:
        """Whether this participant's set of a version is here, for its reader's newest key."""
        custody = Custody(self._me, reader, fields_hash(choice))
        own = self._client.field_sets(declaration, self._me)
        made = [one for one in own if one.custody == custody and one.sealed.subject.commitment == version.commitment]
        return any(map(self._fits, made))

    # --- one set ------------------------------------------------------------------------------------------------------

    def _made(self, declaration: DeclarationId, number: int, reader: int, choice: Choice) -> bytes:
        picked = Choice(patterns=choice.patterns, profile=choice.profile, to=reader, version=number)
        profile, bound = choice.profile, choice.version is not None
        content = {
            "patterns": sorted(set(choice.patterns)),
            "profile": {"name": profile.name, "version": profile.version} if profile else None,
            **({"version": number} if bound else {}),
            "disclosure": opened_fields(self._bench.payload(declaration, number)[1], picked)
            if bound
            else disclose(self._bench, declaration, picked),
        }
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()

    def _keep(self, declaration: DeclarationId, version: VersionShown, content: bytes, custody: Custody) -> list[int]:
        """Seal a version's set for its reader and its maker; the reader when it has no key."""
        sealed, key = seal(_subject(declaration, version), content)
        wraps, missing = self._bench.sealer.wraps(sealed, key, [self._me, custody.reader])
        self._client.put_sealed(sealed, wraps, custody)
        return missing

    def opened(
        self, declaration: DeclarationId, version: VersionShown, one: SealedForReader
    ) -> Sequence[tuple[str, str]]:
        """Path and value of the chosen fields of a version in something sealed, held against its grant and the chain.

        Raises:
            ContentMissing: it was not wrapped for this participant.
            SealingError, PayloadRefused: it is not to be believed.
        """
        return _verified(self._told(declaration, version, one)[1]["disclosure"], version)

    def _told(
        self, declaration: DeclarationId, version: VersionShown, one: SealedForReader
    ) -> tuple[Choice, dict[str, Any]]:
        """What a set says, when it is the one that was granted, and of this version."""
        held = SealedForReader(Sealed(_subject(declaration, version), one.sealed.ciphertext), one.custody, one.wrap)
        told = _parsed(self._bench.sealer.content(held))
        choice = _choice(told)
        granted = hmac.compare_digest(fields_hash(choice), one.custody.fields)
        if not granted or choice.version not in {None, version.number}:
            raise PayloadRefused("the decrypted fields are another set than was granted")
        return choice, told


def _subject(declaration: DeclarationId, version: VersionShown) -> Subject:
    return Subject(declaration, version.commitment, schema_id(FIELD_SET_SCHEMA))


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        told = None if nests_deeper(content, _DEPTH) else json.loads(content)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.keys() - {"version"} != {"patterns", "profile", "disclosure"}:
        raise PayloadRefused("a field set has patterns, profile and disclosure")
    return told


def _choice(told: dict[str, Any]) -> Choice:
    try:
        named = told["profile"]
        patterns = tuple(map(str, told["patterns"]))
        profile = Profile(str(named["name"]), int(named["version"]), "", patterns) if named else None
        version = int(told["version"]) if "version" in told else None
    except (KeyError, TypeError, ValueError):
        raise PayloadRefused("a field set has patterns, and perhaps a profile and a version") from None
    return Choice(patterns=patterns, profile=profile, version=version)


def _verified(disclosure: Any, version: VersionShown) -> list[tuple[str, str]]:
    """Path and value of each field, when all of them lead to the commitment that the chain has.

    Raises:
        PayloadRefused: it is no disclosure.
        NotCommitted: they don't.
    """
    try:
        fields = [Opened(one["path"], one["value"], _bytes(one["salt"])) for one in disclosure["fields"]]
        places = tuple(one["index"] for one in disclosure["fields"])
        proof = disclosure["proof"]
        tree = MultiProof(places, proof["size"], tuple(map(_bytes, proof["siblings"]))) if proof else None
        schema = schema_id(disclosure["schema"])
        known = not fields or (tree is not None and verify_all(version.commitment, schema, fields, tree))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PayloadRefused("these decrypted fields are no disclosure") from None
    if not known or schema != version.schema:
        raise NotCommitted
    return [(one.path, one.value) for one in fields]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))

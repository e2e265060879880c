"""Declarations and participants as they are shown."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from ledger.domain.codes import EncryptionSuite, ErasureCause, Flag, Reliance
from ledger.domain.participants import MARK_SUCCEEDED_BY_COUNCIL, Key, Organisation, PublishedKey
from ledger.domain.wire import ZERO
from ledger.index.answers import AsOf
from ledger.index.cursors import read_number, write_number
from ledger.index.folding import Folded
from ledger.index.history import (
    DeclarationAnswer,
    EncryptionKeyShown,
    ErasureShown,
    KeyShown,
    Page,
    ParticipantAnswer,
    VersionShown,
)
from ledger.index.participants import load_encryption_keys, load_keys_of, load_organisations, load_organisations_after
from ledger.index.reading import Session

_FIELDS = Flag.PENDING | Flag.DEBT


def load_versions(session: Session, declaration: bytes) -> tuple[VersionShown, ...]:
    """All versions of a declaration, in order."""
    erased = load_erasures(session, declaration)
    sql = "SELECT number, commitment, schema, author, digest FROM versions WHERE declaration = ? ORDER BY number"
    found = (VersionShown(*row) for row in session.rows(sql, declaration))
    rows = session.rows("SELECT version, at FROM erased_here WHERE declaration = ?", declaration)
    here: dict[int, int] = {row[0]: row[1] for row in rows}
    return tuple(replace(one, erased=erased.get(one.number), erased_here_at=here.get(one.number)) for one in found)


def load_erasures(session: Session, declaration: bytes) -> Mapping[int, ErasureShown]:
    """What was erased of a declaration, by version."""
    sql = "SELECT version, at, cause, author, digest FROM erasures WHERE declaration = ?"
    rows = session.rows(sql, declaration)
    return {row[0]: ErasureShown(row[1], ErasureCause(row[2]), row[3], row[4]) for row in rows}


def current_key(keys: Iterable[PublishedKey], now: int) -> PublishedKey | None:
    """The key to encrypt to at a moment: the newest version whose window holds."""
    valid = [one for one in keys if one.not_before <= now < one.not_after]
    return max(valid, key=lambda one: one.version, default=None)


def declaration_shown(
    folded: Folded, versions: tuple[VersionShown, ...], competent: int, reliance: Reliance | None, moment: AsOf
) -> DeclarationAnswer:
    """A declaration to whoever may see its history. Its ETag begins with its public head.

    An erasure, and the withdrawal of what it relies on, move no head; the ETag covers both.
    """
    state = folded.state
    return DeclarationAnswer(
        id=state.id,
        consignment=state.consignment,
        declarant=state.declarant,
        agent=state.agent,
        administration=state.administration,
        competent=competent,
        leg=state.leg,
        regime=state.regime,
        stage=state.stage,
        status=state.standing.status,
        flags=tuple(str(flag.name) for flag in Flag if flag in state.standing.flags and not flag & _FIELDS),
        pending=state.standing.pending,
        debt=state.standing.debt,
        reliance=reliance,
        version=state.version.number,
        versions=versions,
        settled_head=state.settled,
        request=state.request,
        hold_head=state.hold_head,
        public_head=state.public_head,
        link=None if folded.link == ZERO else folded.link,
        link_kind=folded.link_kind,
        lodged_at=folded.lodged_at,
        opened_block=folded.opened[0],
        updated_block=folded.updated[0],
        as_of=moment,
        etag=_etag(state.public_head, versions, reliance),
    )


def participant_shown(session: Session, organisation: int, now: int) -> ParticipantAnswer | None:
    """One participant."""
    found = load_organisations(session, [organisation])
    published = load_encryption_keys(session, [organisation])
    return _shown(found[0], load_keys_of(session, [organisation]), published, now) if found else None


def participants_page(session: Session, after: str | None, limit: int, now: int) -> Page[ParticipantAnswer]:
    """Participants by id, after a cursor."""
    found = load_organisations_after(session, read_number(after), limit)
    ids = [one.id for one in found]
    keys = _by_owner(load_keys_of(session, ids))
    published: dict[int, list[tuple[PublishedKey, bytes]]] = defaultdict(list)
    for one in load_encryption_keys(session, ids):
        published[one[0].organisation].append(one)
    following = write_number(found[-1].id) if len(found) == limit else None
    return Page(tuple(_shown(one, keys.get(one.id, []), published[one.id], now) for one in found), following)


def _by_owner(keys: Collection[Key]) -> Mapping[int, list[Key]]:
    found: dict[int, list[Key]] = defaultdict(list)
    for key in keys:
        found[key.organisation].append(key)
    return found


def _shown(
    one: Organisation, keys: Collection[Key], published: Collection[tuple[PublishedKey, bytes]], now: int
) -> ParticipantAnswer:
    current = current_key([key for key, _ in published], now)
    return ParticipantAnswer(
        id=one.id,
        kind=one.kind,
        administration=one.administration,
        country=one.country.decode("ascii", "replace") if any(one.country) else None,
        status=one.status_at(now),
        head=one.head,
        successor=one.successor or None,
        by_council=bool(one.marks & MARK_SUCCEEDED_BY_COUNCIL),
        backdating=one.backdating_at(now),
        keys=tuple(_key_shown(key) for key in keys),
        encryption_keys=tuple(_published(key, mlkem, current) for key, mlkem in published),
    )


def _etag(public_head: bytes, versions: Iterable[VersionShown], reliance: Reliance | None) -> str:
    erased = [str(one.number) for one in versions if one.erased]
    relies = [reliance.name.lower()] if reliance else []
    return "-".join([public_head.hex(), *erased, *relies])


def _published(key: PublishedKey, proof: bytes, current: PublishedKey | None) -> EncryptionKeyShown:
    suite = EncryptionSuite(key.suite)
    return EncryptionKeyShown(
        version=key.version,
        suite=suite,
        key=key.key,
        mlkem=proof if suite is EncryptionSuite.HYBRID else b"",
        not_before=key.not_before,
        not_after=key.not_after,
        current=key == current,
    )


def _key_shown(key: Key) -> KeyShown:
    return KeyShown(
        address=key.address,
        purposes=tuple(str(purpose.name) for purpose in key.purposes),
        office=key.office,
        not_before=key.not_before,
        not_after=key.not_after,
        compromised_since=key.compromised_since or None,
    )

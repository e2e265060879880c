"""Declarations and participants as they are shown."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from ledger.domain.codes import Flag
from ledger.domain.participants import MARK_SUCCEEDED_BY_COUNCIL, Key, Organisation
from ledger.domain.wire import ZERO
from ledger.index.answers import AsOf
from ledger.index.cursors import read_number, write_number
from ledger.index.folding import Folded
from ledger.index.history import DeclarationAnswer, KeyShown, Page, ParticipantAnswer, VersionShown
from ledger.index.participants import load_keys_of, load_organisations, load_organisations_after
from ledger.index.reading import Session

_FIELDS = Flag.PENDING | Flag.DEBT


def load_versions(session: Session, declaration: bytes) -> tuple[VersionShown, ...]:
    """All versions of a declaration, in order."""
    sql = "SELECT number, commitment, schema, author, digest FROM versions WHERE declaration = ? ORDER BY number"
    return tuple(VersionShown(*row) for row in session.rows(sql, declaration))


def declaration_shown(
    folded: Folded, versions: tuple[VersionShown, ...], competent: int, moment: AsOf
) -> DeclarationAnswer:
    """A declaration to whoever may see its history. Its ETag is its settled head: what `prev` has to name."""
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
        etag=state.public_head.hex(),
    )


def participant_shown(session: Session, organisation: int, now: int) -> ParticipantAnswer | None:
    """One participant."""
    found = load_organisations(session, [organisation])
    return _shown(found[0], load_keys_of(session, [organisation]), now) if found else None


def participants_page(session: Session, after: str | None, limit: int, now: int) -> Page[ParticipantAnswer]:
    """Participants by id, after a cursor."""
    found = load_organisations_after(session, read_number(after), limit)
    keys = _by_owner(load_keys_of(session, [one.id for one in found]))
    following = write_number(found[-1].id) if len(found) == limit else None
    return Page(tuple(_shown(one, keys.get(one.id, []), now) for one in found), following)


def _by_owner(keys: Collection[Key]) -> Mapping[int, list[Key]]:
    found: dict[int, list[Key]] = defaultdict(list)
    for key in keys:
        found[key.organisation].append(key)
    return found


def _shown(one: Organisation, keys: Collection[Key], now: int) -> ParticipantAnswer:
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

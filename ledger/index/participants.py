"""Organisations, keys and mandates: rows in, `Participants` out, and the other way round."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, TypeGuard, TypeVar

from ledger.domain.codes import AdmissionAction, OrganisationKind, OrganisationStatus, Purpose
from ledger.domain.participants import Key, Mandate, Organisation, Participants, PublishedKey
from ledger.domain.records import (
    Admission,
    EncryptionKey,
    Grant,
    KeyAuthorisation,
    OperatorStatus,
    ParticipantRecord,
)
from ledger.domain.wire import Head
from ledger.index.reading import Row, Session
from ledger.index.sql import upsert

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")
COUNCIL_HEAD: Final = "council head"
_ORGANISATION: Final = ", ".join(one.name for one in fields(Organisation))
_KEY: Final = "address, organisation, purposes, office, not_before, not_after, restores, compromised_since"
_PUBLISHED: Final = ", ".join(f"k.{one.name}" for one in fields(PublishedKey))
_MANDATE: Final = "declarant, agent, serial, representation, administration, legs, valid_from, valid_until"


@dataclass(slots=True)
class Touched:
    """Which participants a batch of records reads or writes."""

    organisations: set[int] = field(default_factory=set)
    keys: set[bytes] = field(default_factory=set)
    declarants: set[int] = field(default_factory=set)

    def add(self, record: ParticipantRecord) -> None:
        """Note those of one record."""
        if isinstance(record, Grant):
            self.declarants.add(record.declarant)
        elif isinstance(record, Admission):
            self.organisations |= {record.administration, record.predecessor}
        else:
            self.organisations.add(subject_of(record))
        if isinstance(record, KeyAuthorisation):
            self.keys.add(record.key)


def subject_of(record: ParticipantRecord) -> int:
    """The organisation whose timeline a record extends, or whose mandate it is."""
    if isinstance(record, OperatorStatus | KeyAuthorisation | EncryptionKey):
        return record.organisation
    return record.declarant if isinstance(record, Grant) else record.administration


def head_of(participants: Participants, record: ParticipantRecord) -> Head | None:
    """The head that a record extends, as folded so far; None for a grant, which extends none."""
    if isinstance(record, Grant):
        return None
    if isinstance(record, Admission):
        return participants.council_head
    known = participants.organisations.get(subject_of(record))
    return known.head if known else Head(bytes(32))


def named_head(record: ParticipantRecord) -> Head | None:
    """The head that a record says it extends."""
    if isinstance(record, Grant):
        return None
    return record.council_head if isinstance(record, Admission) else record.org_head


def is_succession(record: ParticipantRecord) -> TypeGuard[Admission]:
    """Whether an administration takes over from another one."""
    return isinstance(record, Admission) and record.action == AdmissionAction.SUCCEED


def load(session: Session, touched: Touched) -> Participants:
    """The participants that a batch touches, as folded so far."""
    return Participants(
        council_head(session),
        _by(load_organisations(session, touched.organisations), lambda one: one.id),
        _by(load_keys(session, touched.keys), lambda one: one.address),
        dict(_load_mandates(session, touched.declarants)),
    )


def council_head(session: Session) -> Head:
    """The head of the council's records."""
    rows = session.rows("SELECT value FROM meta WHERE key = ?", COUNCIL_HEAD)
    return Head(bytes.fromhex(rows[0][0]) if rows else bytes(32))


def load_organisations(session: Session, ids: Collection[int]) -> list[Organisation]:
    """Organisations by id."""
    rows = session.within(f"SELECT {_ORGANISATION} FROM organisations WHERE id IN ({{keys}})", ids)  # noqa: S608
    return [organisation(row) for row in rows]


def load_administrations(session: Session) -> list[Organisation]:
    """All administrations there ever were."""
    sql = f"SELECT {_ORGANISATION} FROM organisations WHERE kind = ? ORDER BY id"  # noqa: S608
    return [organisation(row) for row in session.rows(sql, int(OrganisationKind.ADMINISTRATION))]


def load_organisations_after(session: Session, last: int, limit: int) -> list[Organisation]:
    """Organisations by id, after one."""
    sql = f"SELECT {_ORGANISATION} FROM organisations WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
    return [organisation(row) for row in session.rows(sql, last, limit)]


def load_keys_of(session: Session, owners: Collection[int]) -> list[Key]:
    """All keys of organisations, oldest first."""
    sql = f"SELECT {_KEY} FROM keys WHERE organisation IN ({{keys}}) ORDER BY not_before, address"  # noqa: S608
    return [key(row) for row in session.within(sql, owners)]


def load_keys(session: Session, addresses: Collection[bytes]) -> list[Key]:
    """Keys by address."""
    rows = session.within(f"SELECT {_KEY} FROM keys WHERE address IN ({{keys}})", addresses)  # noqa: S608
    return [key(row) for row in rows]


def load_encryption_keys(session: Session, owners: Collection[int]) -> list[tuple[PublishedKey, bytes]]:
    """All encryption keys of organisations, each with the proof that it came with (its ML-KEM part), oldest first."""
    joined = "encryption_keys k JOIN events e ON e.digest = k.digest AND e.outcome = 0"
    where = "k.organisation IN ({keys}) ORDER BY k.organisation, k.version"
    rows = session.within(f"SELECT {_PUBLISHED}, proof FROM {joined} WHERE {where}", owners)  # noqa: S608
    return [(PublishedKey(*row[:-1]), row[-1]) for row in rows]


def _load_mandates(session: Session, declarants: Collection[int]) -> Iterable[tuple[tuple[int, int], Mandate]]:
    rows = session.within(f"SELECT {_MANDATE} FROM mandates WHERE declarant IN ({{keys}})", declarants)  # noqa: S608
    return (((row[0], row[1]), Mandate(int(row[2]), *row[3:])) for row in rows)


def organisation(row: Row) -> Organisation:
    """The organisation of a row, columns in the order of its fields."""
    id_, kind, administration, country, status, next_status, *rest = row
    return Organisation(
        id_,
        OrganisationKind(kind),
        administration,
        country,
        OrganisationStatus(status),
        OrganisationStatus(next_status),
        *rest,
    )


def key(row: Row) -> Key:
    """The key of a row, columns in the order of its fields."""
    address, owner, purposes, *rest = row
    return Key(address, owner, Purpose(purposes), *rest)


def save(connection: "Connection", participants: Participants) -> None:
    """Write all of these participants."""
    from ledger.index.tables import encryption_keys, keys, mandates, meta, organisations

    upsert(connection, meta, [{"key": COUNCIL_HEAD, "value": participants.council_head.hex()}])
    upsert(connection, organisations, [_row(one) for one in participants.organisations.values()])
    upsert(connection, keys, [_row(one) for one in participants.keys.values()])
    published = participants.encryption_keys.values()
    upsert(connection, encryption_keys, [_row(one) for one in published])
    upsert(connection, mandates, [_mandate_row(pair, one) for pair, one in participants.mandates.items()])


def erase(connection: "Connection") -> None:
    """Forget all participants, to fold them anew."""
    from sqlalchemy import delete

    from ledger.index.tables import encryption_keys, keys, mandates, organisations

    for table in (organisations, keys, encryption_keys, mandates):
        connection.execute(delete(table))


def _row(one: Organisation | Key | PublishedKey) -> dict[str, Any]:
    values: Sequence[Any] = [int(value) if isinstance(value, int) else value for value in astuple(one)]
    return dict(zip((part.name for part in fields(one)), values, strict=True))


def _mandate_row(pair: tuple[int, int], mandate: Mandate) -> dict[str, Any]:
    plain = {part.name: getattr(mandate, part.name) for part in fields(Mandate)}
    return {"declarant": pair[0], "agent": pair[1], **plain, "serial": str(mandate.serial)}


def _by(found: Iterable[T], name: Callable[[T], Any]) -> dict[Any, T]:
    return {name(one): one for one in found}

"""What another administration shares under an arrangement, as its partner sees it; and which of one's own is shared.

What is shared, `ledger.domain.entitlement` says. Beside a control stand the facts that whoever relies on it needs, and
no others: what took its place, and in which version an amendment touched one of its risk areas.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ledger.domain.annexes import AnnexVerdict, goods_verdict
from ledger.domain.codes import ControlMethod, ControlOutcome, OrganisationKind, RecordType, Risk, SealState
from ledger.domain.entitlement import Entitlement, Share, superseding
from ledger.domain.participants import Participants
from ledger.domain.records import RECORDS, Control
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, DeclarationId, Digest, Head
from ledger.index.access import Access, Level
from ledger.index.annexes import load_annexes
from ledger.index.goods import GoodsIndex
from ledger.index.reading import Session
from ledger.index.recognitions import CONTROL, control_of, load_arrangements
from ledger.index.rows import load_families


@dataclass(frozen=True, slots=True)
class Superseding:
    """A record that took a control's place: of a control what it found, of a decision only that there is one."""

    digest: Digest
    type: str
    outcome: ControlOutcome | None
    effective_at: int | None
    time: int


@dataclass(frozen=True, slots=True)
class Touch:
    """An amendment of the controlled declaration in a risk area of the control: the version that did so last."""

    risk: Risk
    version: int


@dataclass(frozen=True, slots=True)
class SharedControl:
    """A control of another administration that an arrangement lets its partner see.

    Attributes:
        control: its digest.
        administration, office: who made it.
        declaration, version: what was controlled.
        commitment, schema: of that version: what opened fields are held against.
        standard: that it met, as in the record; zeros for none.
        arrangement: the version that was in force when it took effect.
        annex: hash of that version's annex, zeros without one.
        time, block: when and where it was recorded.
        superseded: what took its place, and what took that one's, oldest first.
        touched: by later amendments, in its risk areas.
        paused: no further fields are opened now: the arrangement is over, or one of the two suspends it.
        opened: fields of that version were opened to the viewer, and are here.
    """

    control: Digest
    administration: int
    office: int
    declaration: DeclarationId
    version: int
    commitment: bytes
    schema: bytes
    method: ControlMethod
    outcome: ControlOutcome
    risk: Risk
    standard: bytes
    seal_state: SealState
    effective_at: int
    valid_until: int
    arrangement: Digest
    annex: bytes
    time: int
    block: int
    superseded: tuple[Superseding, ...]
    touched: tuple[Touch, ...]
    paused: bool
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """A version of a declaration of one's own whose fields a partner may read, by the annex that names them."""

    declaration: DeclarationId
    version: int
    annex: bytes
    opens: bool


def load_shared(
    session: Session, access: Access, declarations: Collection[bytes], goods: GoodsIndex
) -> list[SharedControl]:
    """What is shared with the viewer of the consignments of its own declarations, and of foreign ones that are named.

    Empty for whoever is no administration: what is not there and what is not shared are the same answer.
    """
    viewer = access.viewer
    if viewer is None or viewer.kind is not OrganisationKind.ADMINISTRATION:
        return []
    family = _states(session, declarations)
    own = {family[DeclarationId(one)].consignment for one in declarations if _is_own(access, family, one)}
    shares = [
        one
        for one in _entitlement(session, access, family, goods).shares(viewer.id)
        if family[one.control.declaration].consignment in own or one.control.declaration in declarations
    ]
    return _shown(session, shares, family)


def load_common(session: Session, access: Access, partner: int) -> list[bytes]:
    """The consignments in which both the viewer and a partner have declarations."""
    sql = "SELECT DISTINCT consignment FROM declarations WHERE administration IN ({keys})"
    mine, theirs = ({row[0] for row in session.within(sql, _line(access, one))} for one in _pair(access, partner))
    return sorted(mine & theirs)


def load_owed(session: Session, access: Access, declarations: Collection[bytes], partner: int) -> list[Owed]:
    """The viewer's controlled versions whose fields a partner may read, in the consignments of some declarations.

    Whether their goods lie within the annex is for the desk to judge, which reads them.
    """
    me, partner = _pair(access, partner)
    family = _states(session, declarations)
    shares = _entitlement(session, access, family).shares(partner)
    owed = {
        Owed(one.control.declaration, one.control.version, one.annex, one.opens) for one in shares if one.owner == me
    }
    return sorted(owed, key=lambda one: (one.declaration, one.version, one.annex, not one.opens))


def load_partners(session: Session, access: Access, declaration: bytes) -> list[int]:
    """The other administrations that are competent in the consignment of a declaration."""
    me, _ = _pair(access, 0)
    found = {access.competent(one.administration) for one in _states(session, [declaration]).values()}
    return sorted(found - {me})


def _entitlement(
    session: Session,
    access: Access,
    family: Mapping[DeclarationId, DeclarationState],
    goods: GoodsIndex | None = None,
) -> Entitlement:
    """Who may see which controls of some consignments, all of whose declarations are given."""
    known = load_arrangements(session)
    sql = f"SELECT digest, {', '.join(CONTROL)} FROM controls WHERE declaration IN ({{keys}})"  # noqa: S608
    known.controls.update(map(control_of, session.within(sql, family)))
    participants = Participants(Head(ZERO), dict(access.administrations))
    limits = _limits(session, goods, family) if goods else _no_limits
    return Entitlement(participants, family, known, access.now, limits)


def _limits(session: Session, goods: GoodsIndex, declarations: Collection[bytes]) -> Callable[[bytes, Control], bool]:
    """What is known here to lie outside which annex; of what nothing is known, nothing is."""
    annexes = {name: annex for name, annex in load_annexes(session).items() if annex.limits()}
    if not annexes:
        return _no_limits
    places = {place: (place[0], told[0]) for place, told in _load_versions(session, declarations).items()}
    known = goods.load(session, places.values())

    def outside(name: bytes, control: Control) -> bool:
        told = known.get(places[control.declaration, control.version])
        return goods_verdict([annexes.get(name)], told) is AnnexVerdict.OUTSIDE

    return outside


def _no_limits(annex: bytes, control: Control) -> bool:  # noqa: ARG001 - whatever it is
    return False


def _line(access: Access, administration: int) -> set[int]:
    """An administration, and those that it took over from."""
    return {one for one in access.administrations if access.competent(one) == administration}


def _pair(access: Access, partner: int) -> tuple[int, int]:
    return access.viewer.id if access.viewer else 0, access.competent(partner)


def _states(session: Session, declarations: Collection[bytes]) -> dict[DeclarationId, DeclarationState]:
    return {DeclarationId(one): folded.state for one, folded in load_families(session, declarations).items()}


def _is_own(access: Access, family: Mapping[DeclarationId, DeclarationState], one: bytes) -> bool:
    state = family.get(DeclarationId(one))
    return state is not None and access.level(state) is Level.PAYLOAD


# --- what is told of each ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record stands: its type, when and where it was recorded."""

    type: str
    time: int
    block: int


def _shown(
    session: Session, shares: Collection[Share], family: Mapping[DeclarationId, DeclarationState]
) -> list[SharedControl]:
    about = {one.control.declaration for one in shares}
    versions = _load_versions(session, about)
    known, by = _load_chains(session, about)
    chains = {one.digest: superseding(one.digest, by) for one in shares}
    places = _load_places(session, {*chains, *(digest for chain in chains.values() for digest in chain)})
    found = []
    for one in shares:
        after = tuple(_superseding(digest, places[digest], known.get(digest)) for digest in chains[one.digest])
        version = versions[one.control.declaration, one.control.version]
        found.append(_one(one, version, places[one.digest], after, _touched(one.control, family)))
    return found


def _load_versions(
    session: Session, declarations: Collection[bytes]
) -> Mapping[tuple[bytes, int], tuple[bytes, bytes]]:
    sql = "SELECT declaration, number, commitment, schema FROM versions WHERE declaration IN ({keys})"
    return {(row[0], row[1]): (row[2], row[3]) for row in session.within(sql, declarations)}


def _load_chains(
    session: Session, declarations: Collection[bytes]
) -> tuple[Mapping[Digest, Control], Mapping[Digest, Digest]]:
    """The controls of declarations, and which of them were superseded by what."""
    sql = f"SELECT superseded_by, digest, {', '.join(CONTROL)} FROM controls WHERE declaration IN ({{keys}})"  # noqa: S608
    rows = session.within(sql, declarations)
    return dict(control_of(row[1:]) for row in rows), {row[1]: Digest(row[0]) for row in rows if row[0] != ZERO}


def _load_places(session: Session, digests: Collection[bytes]) -> Mapping[bytes, _Place]:
    sql = "SELECT digest, record_type, time, block FROM events WHERE outcome = 0 AND digest IN ({keys})"
    rows = session.within(sql, digests)
    return {row[0]: _Place(RECORDS[RecordType(row[1])].__name__, row[2], row[3]) for row in rows}


def _touched(control: Control, family: Mapping[DeclarationId, DeclarationState]) -> tuple[Touch, ...]:
    areas = zip(Risk, family[control.declaration].touched, strict=True)
    return tuple(Touch(area, number) for area, number in areas if area & control.risk and number > control.version)


def _superseding(digest: Digest, place: _Place, control: Control | None) -> Superseding:
    if control is None:
        return Superseding(digest, place.type, None, None, place.time)
    return Superseding(digest, place.type, ControlOutcome(control.outcome), control.effective_at, place.time)


def _one(
    share: Share,
    version: tuple[bytes, bytes],
    place: _Place,
    superseded: tuple[Superseding, ...],
    touched: tuple[Touch, ...],
) -> SharedControl:
    control = share.control
    return SharedControl(
        control=share.digest,
        administration=control.administration,
        office=control.office,
        declaration=control.declaration,
        version=control.version,
        commitment=version[0],
        schema=version[1],
        method=ControlMethod(control.method),
        outcome=ControlOutcome(control.outcome),
        risk=Risk(control.risk),
        standard=control.standard,
        seal_state=SealState(control.seal_state),
        effective_at=control.effective_at,
        valid_until=control.valid_until,
        arrangement=share.arrangement,
        annex=share.annex,
        time=place.time,
        block=place.block,
        superseded=superseded,
        touched=touched,
        paused=not share.opens,
    )

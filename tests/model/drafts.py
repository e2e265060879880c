"""Records that fit the world as it stands, drawn from a few numbers; most of them are recorded.

Every builder takes the world and a `Choice`, and gives a `Draft`.
"""

from collections.abc import Callable
from typing import Any

from eth_abi.abi import encode as abi_encode

from ledger.domain.codes import (
    AdmissionAction,
    ControlMethod,
    ControlOutcome,
    DecisionKind,
    EncryptionSuite,
    ErasureCause,
    Flag,
    HoldAction,
    KeyAction,
    Leg,
    LinkKind,
    OrganisationKind,
    OrganisationStatus,
    Purpose,
    Reason,
    Regime,
    Representation,
    Stage,
)
from ledger.domain.keccak import keccak256
from ledger.domain.lifecycle import TABLE, TERMINAL, Ruling, Standing, decide
from ledger.domain.participants import FOREVER, Organisation
from ledger.domain.records import (
    NO_ADDRESS,
    AdministrationSetting,
    Admission,
    AmendmentRequest,
    Control,
    Decision,
    Declaration,
    EncryptionKey,
    Erasure,
    Grant,
    Hold,
    InvalidationRequest,
    KeyAuthorisation,
    OperatorStatus,
    PresentationNotice,
)
from ledger.domain.state import DeclarationState
from ledger.domain.values import may_rely
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest, Head
from tests.domain.builders import DAY, Signer
from tests.model.choosing import Choice, Draft, Prove, administration_of, no_proof, of_kind
from tests.model.reading import APPROVALS, STEPS
from tests.model.recognition_drafts import (
    STANDARDS,
    aeo_status,
    arrangement,
    assistance,
    recognition,
    relied_by,
    suspension,
)
from tests.model.world import DAILY, OFFICE, World, signer

SOMETHING, OTHER = b"\x11" * 32, b"\x22" * 32
MEMBERS = (OrganisationKind.OPERATOR, OrganisationKind.AGENCY, OrganisationKind.AUDITOR)
OFFSETS = (-60, 300, 301, -71 * 3600, -73 * 3600, -400 * 3600)


def _operator(world: World, choice: Choice) -> Organisation:
    return choice.of(of_kind(world, OrganisationKind.OPERATOR))


def _state(world: World, choice: Choice) -> DeclarationState:
    return choice.of(list(world.ledger.declarations.values()))


def declare(world: World, choice: Choice) -> Draft:
    administration = administration_of(world, choice)
    outside = choice.rarely(5)
    declarant = 0 if outside else _operator(world, choice).id
    agent = _operator(world, choice).id if not outside and choice.rarely() else 0
    openers = [one for one in world.ledger.declarations.values() if one.id in world.join_keys]
    joins = openers and choice.rarely(3)
    join_key = world.spare()
    opener = choice.of(openers) if joins else None
    link = choice.of([*world.ledger.declarations, SOMETHING]) if choice.rarely() else ZERO
    joined = choice.of(list(world.ledger.declarations.values())) if opener and choice.rarely(6) else opener
    record = Declaration(
        consignment=ConsignmentId(joined.id if joined else ZERO),
        join_key=NO_ADDRESS if opener else join_key.address,
        declarant=declarant,
        agent=agent,
        administration=administration.id,
        leg=choice.of(list(Leg)),
        regime=choice.of(list(Regime)),
        stage=choice.of([stage for stage in Stage if outside or stage is not Stage.REPORTED]),
        link=DeclarationId(link),
        link_kind=LinkKind.FOLLOWS if link != ZERO else LinkKind.NONE,
        commitment=SOMETHING,
        schema=OTHER,
        effective_at=world.now + choice.mostly(0, OFFSETS, 6),
        deadline=_deadline(world, choice),
    )
    author, purpose = (agent or declarant or administration.id), Purpose.DECIDE if outside else Purpose.DECLARE
    proof = world.join_keys[opener.id].sign if opener else no_proof
    return Draft(record, world.key_of(author, purpose, choice.number()), proof)


def remember_join_key(world: World, record: Declaration, digest: bytes) -> None:
    """Whoever opened a consignment keeps its join key."""
    if record.join_key in world.signers:
        world.join_keys[digest] = world.signers[record.join_key]


def request(world: World, choice: Choice) -> Draft:
    if not world.ledger.declarations:
        return declare(world, choice)
    state = _state(world, choice)
    agents = [agent for declarant, agent in world.ledger.participants.mandates if declarant == state.declarant]
    agent = choice.of(agents) if agents and choice.rarely(3) else 0
    shared: dict[str, Any] = {
        "declaration": state.id,
        "prev": state.settled,
        "declarant": state.declarant,
        "agent": agent,
        "deadline": _deadline(world, choice),
    }
    kind = choice.number() % 3
    record: AmendmentRequest | InvalidationRequest | PresentationNotice
    if kind == 0:
        record = AmendmentRequest(**shared, commitment=OTHER, schema=SOMETHING)
    elif kind == 1:
        record = InvalidationRequest(**shared, reason=choice.of(list(Reason)))
    else:
        record = PresentationNotice(**shared, effective_at=world.now + choice.mostly(0, OFFSETS, 6))
    return Draft(record, world.key_of(agent or state.declarant, Purpose.DECLARE, choice.number()))


def decision(world: World, choice: Choice) -> Draft:
    if not world.ledger.declarations:
        return declare(world, choice)
    state = _state(world, choice)
    author = world.ledger.participants.competent_for(state.administration, world.now)
    superseded = _superseded(world, state, choice)
    scope = SOMETHING if choice.rarely(3) else ZERO
    overrides = Flag.AGENCY in state.standing.flags and not choice.rarely(3)
    kind = _kind(state, choice, supersedes=superseded is not None, scoped=scope != ZERO)
    row = TABLE[kind]
    request_ = Digest(ZERO) if row.safeguards else state.request
    writes = row.versions and (kind is not DecisionKind.GRANT or request_ == ZERO) and choice.rarely(2)
    effective_at = world.now + choice.mostly(0, OFFSETS, 6)
    relied = relied_by(world, choice, state) if may_rely(kind) else ()
    limited = (kind is DecisionKind.CONDITIONALLY_RELEASE) != choice.rarely(12)
    record = Decision(
        declaration=state.id,
        prev=state.settled,
        request=request_,
        supersedes=Digest(superseded[2]) if superseded else Digest(ZERO),
        administration=author,
        office=choice.mostly(OFFICE, [0, 8]),
        kind=kind,
        reason=Reason.OVERRIDE if overrides else choice.of(list(Reason)),
        scope=scope,
        commitment=OTHER if writes else ZERO,
        touched_risks=choice.number() % 16 if kind in (DecisionKind.GRANT, DecisionKind.AMEND) else 0,
        reliance=keccak256(*relied) if relied else ZERO,
        evidence=SOMETHING if overrides else ZERO,
        effective_at=effective_at,
        limit_at=effective_at + choice.mostly(DAY, [1, 0, -1]) if limited else 0,
        deadline=_deadline(world, choice),
    )
    timeline = _timeline(world, state, superseded)
    signing = world.key_of(author, Purpose.DECIDE, choice.number())
    return Draft(record, signing, lambda digest: timeline(digest) + b"".join(relied))


def _kind(state: DeclarationState, choice: Choice, **ruling: bool) -> DecisionKind:
    """Mostly one that the lifecycle allows."""
    terminal = state.standing.status in TERMINAL
    if terminal and ruling["supersedes"] and not ruling["scoped"] and not choice.rarely():
        return DecisionKind.REINSTATE
    rulings = (Ruling(one, overrides=True, **ruling) for one in DecisionKind)
    possible = [one.kind for one in rulings if isinstance(decide(state.standing, one), Standing)]
    ends = [one for one in possible if TABLE[one].target in TERMINAL]
    lasting = [one for one in possible if one not in ends] or possible
    options = list(DecisionKind) if choice.rarely(6) or not possible else possible if choice.rarely(3) else lasting
    return choice.of(options)


def _superseded(world: World, state: DeclarationState, choice: Choice) -> tuple[Head, bytes, Digest] | None:
    steps = world.steps.get(state.id, [])
    wanted = 2 if state.standing.status in TERMINAL else 5
    return choice.of(steps) if steps and choice.rarely(wanted) else None


def _timeline(world: World, state: DeclarationState, superseded: tuple[Head, bytes, Digest] | None) -> Prove:
    if superseded is None:
        return no_proof
    steps = world.steps[state.id]
    rest = [(request_, digest) for _, request_, digest in steps[steps.index(superseded) :]]
    proof = abi_encode(STEPS, (superseded[0], rest))
    return lambda _: proof


def control(world: World, choice: Choice) -> Draft:
    if not world.ledger.declarations:
        return declare(world, choice)
    state = _state(world, choice)
    author = world.ledger.participants.competent_for(state.administration, world.now)
    superseded = _superseded(world, state, choice)
    effective_at = world.now + choice.mostly(0, OFFSETS, 6)
    record = Control(
        declaration=state.id,
        prev=state.settled,
        supersedes=Digest(superseded[2]) if superseded else Digest(ZERO),
        administration=author,
        office=choice.mostly(OFFICE, [0, 8]),
        version=choice.mostly(1, [state.version.number, state.version.number + 1, 0]),
        method=choice.of(list(ControlMethod)),
        outcome=choice.mostly(ControlOutcome.NONE_FOUND, list(ControlOutcome), 4),
        risk=1 + choice.number() % 15,
        seal_state=choice.number() % 4,
        effective_at=effective_at,
        standard=choice.of(STANDARDS),
        valid_until=effective_at + choice.mostly(40 * DAY, [1], 6),
        deadline=_deadline(world, choice),
    )
    return Draft(record, world.key_of(author, Purpose.DECIDE, choice.number()), _timeline(world, state, superseded))


def hold(world: World, choice: Choice) -> Draft:
    if not world.ledger.declarations:
        return declare(world, choice)
    state = _state(world, choice)
    agencies = of_kind(world, OrganisationKind.AGENCY)
    near = [one for one in agencies if one.administration == state.administration]
    agency = choice.of(near or agencies) if not choice.rarely() else choice.of(agencies)
    is_open = agency.id in state.holders
    action = HoldAction.LIFT if is_open != choice.rarely(5) else HoldAction.SET
    record = Hold(
        declaration=state.id,
        prev=state.hold_head,
        agency=agency.id,
        action=action,
        reason=choice.of(list(Reason)),
        deadline=_deadline(world, choice),
    )
    return Draft(record, world.key_of(agency.id, Purpose.HOLD, choice.number()))


def erasure(world: World, choice: Choice) -> Draft:
    if not world.ledger.declarations:
        return declare(world, choice)
    state = _state(world, choice)
    known = world.ledger.participants
    agents = [agent for declarant, agent in known.mandates if declarant == state.declarant]
    agent = choice.of(agents) if agents and choice.rarely(3) else 0
    orders = state.declarant == 0 or choice.rarely(2)
    administration = known.competent_for(state.administration, world.now) if orders else 0
    author = administration or agent or state.declarant
    record = Erasure(
        declaration=state.id,
        version=choice.mostly(1 + choice.number() % state.version.number, [state.version.number + 1, 0], 8),
        commitment=SOMETHING,
        declarant=0 if orders else state.declarant,
        agent=0 if orders else agent,
        administration=administration,
        cause=choice.of(list(ErasureCause)) if orders else choice.mostly(1, [2, 3], 4),
        deadline=_deadline(world, choice),
    )
    return Draft(record, world.key_of(author, Purpose.DECIDE if orders else Purpose.DECLARE, choice.number()))


def encryption_key(world: World, choice: Choice) -> Draft:
    known = world.ledger.participants
    organisation = choice.of(list(known.organisations.values()))
    last = sum(owner == organisation.id for owner, _ in known.encryption_keys)
    mlkem = bytes([choice.number() % 256]) * 1_184
    hybrid = not choice.rarely(3)
    start = world.now + choice.mostly(0, [1, DAY], 3)
    record = EncryptionKey(
        organisation=organisation.id,
        org_head=organisation.head,
        version=last + choice.mostly(1, [0, 2], 8),
        suite=EncryptionSuite.HYBRID if hybrid else EncryptionSuite.X25519,
        key=SOMETHING,
        hybrid=keccak256(mlkem) if hybrid else ZERO,
        not_before=start,
        not_after=start + choice.mostly(60 * DAY, [2, 1, 0], 5),
        deadline=_deadline(world, choice),
    )
    return Draft(record, world.key_of(organisation.id, Purpose.MANAGE, choice.number()), lambda _: mlkem)


def operator_status(world: World, choice: Choice) -> Draft:
    members = [one for one in world.ledger.participants.organisations.values() if one.id > 65_535]
    known = None if choice.rarely(3) else choice.of(members)
    sponsor = known.administration if known else administration_of(world, choice).id
    sponsor = world.ledger.participants.competent_for(sponsor, world.now)
    kind = known.kind if known else choice.of(MEMBERS)
    gives = known is None or choice.rarely(2)
    key = world.spare()
    start = world.now + choice.of([0, 1, 7 * DAY, 7 * DAY, 8 * DAY])
    statuses = [OrganisationStatus.SUSPENDED, OrganisationStatus.EXPELLED]
    record = OperatorStatus(
        administration=sponsor,
        org_head=known.head if known else Head(ZERO),
        organisation=known.id if known else 90_000 + len(world.ledger.participants.organisations),
        kind=kind,
        status=choice.mostly(OrganisationStatus.ACTIVE, statuses, 2 if known else 20),
        key=key.address if gives else NO_ADDRESS,
        purposes=choice.of([Purpose.MANAGE, DAILY[kind]]) if gives else 0,
        not_before=start if gives else 0,
        not_after=choice.mostly(FOREVER, [start + 2 * DAY, start + 1, start], 5) if gives else 0,
        deadline=_deadline(world, choice),
    )
    return Draft(record, world.key_of(sponsor, Purpose.MANAGE, choice.number()), key.sign if gives else no_proof)


def key_authorisation(world: World, choice: Choice) -> Draft:
    known = world.ledger.participants
    organisation = choice.of(list(known.organisations.values()))
    action = choice.of(list(KeyAction))
    keys = [key for key in known.keys.values() if key.organisation == organisation.id]
    waiting = [key for key in keys if key.pending_at(world.now) or (key.restores and world.now < key.not_after)]
    managing = [key for key in keys if key.manages]
    subjects = {KeyAction.VETO: waiting, KeyAction.SHORTEN: managing if choice.rarely(2) else keys}
    subject = choice.of(subjects.get(action) or keys)
    fresh = world.spare()
    authorises = action is KeyAction.AUTHORISE
    purpose = choice.of([DAILY[organisation.kind], Purpose.MANAGE, Purpose.READ])
    soon = 7 * DAY if purpose is Purpose.MANAGE else 1
    start = world.now + choice.mostly(soon, [soon + DAY, soon - 1, 1], 3)
    ends = {KeyAction.AUTHORISE: start + choice.mostly(60 * DAY, [10 * DAY, 1, 0], 4), KeyAction.SHORTEN: start}
    record = KeyAuthorisation(
        organisation=organisation.id,
        org_head=organisation.head,
        key=fresh.address if authorises else subject.address,
        action=action,
        purposes=purpose if authorises else 0,
        office=OFFICE if authorises and purpose is Purpose.DECIDE and choice.rarely(3) else 0,
        not_before=start if authorises else 0,
        not_after=ends.get(action, 0),
        compromised_since=world.now - choice.of([10, 100, 0, -1]) if action is KeyAction.COMPROMISED else 0,
        deadline=_deadline(world, choice),
    )
    signing = world.key_of(organisation.id, Purpose.MANAGE, choice.number())
    return Draft(record, signing, fresh.sign if authorises else no_proof)


def setting(world: World, choice: Choice) -> Draft:
    administration = administration_of(world, choice)
    record = AdministrationSetting(
        administration=administration.id,
        org_head=administration.head,
        backdating=choice.of([100 * 3600, 60, 72 * 3600]),
        deadline=_deadline(world, choice),
    )
    return Draft(record, world.key_of(administration.id, Purpose.MANAGE, choice.number()))


def grant(world: World, choice: Choice) -> Draft:
    declarant, agent = _operator(world, choice), _operator(world, choice)
    last = world.ledger.participants.mandates.get((declarant.id, agent.id))
    record = Grant(
        declarant=declarant.id,
        agent=agent.id,
        serial=(last.serial if last else 0) + choice.mostly(1, [5, 0], 6),
        representation=choice.of(list(Representation)),
        administration=choice.mostly(0, [1, 2], 3),
        legs=choice.mostly(7, [4, 1, 3], 3),
        valid_from=world.now + choice.mostly(0, [-DAY, DAY], 4),
        valid_until=world.now + choice.mostly(30 * DAY, [0, 2], 5),
        deadline=_deadline(world, choice),
    )
    return Draft(record, world.key_of(declarant.id, Purpose.DECLARE, choice.number()))


def admission(world: World, choice: Choice) -> Draft:
    known = world.ledger.participants
    action = choice.of([AdmissionAction.ADMIT, AdmissionAction.SUSPEND, AdmissionAction.SUCCEED, *AdmissionAction])
    subject = administration_of(world, choice)
    brings_in = action in (AdmissionAction.ADMIT, AdmissionAction.SUCCEED)
    fresh = 10 + len(known.organisations)
    first, second = world.spare(), world.spare()
    countries = [subject.country] if action is AdmissionAction.SUCCEED else [b"DD", subject.country, b"EE"]
    by_predecessor = action is AdmissionAction.SUCCEED and not choice.rarely(3)
    notice = 7 * DAY if by_predecessor or action is not AdmissionAction.SUCCEED else 30 * DAY
    record = Admission(
        administration=fresh if brings_in else subject.id,
        country=choice.of(countries) if brings_in else b"\0\0",
        action=action,
        council_head=known.council_head,
        predecessor=subject.id if action is AdmissionAction.SUCCEED else 0,
        first_key=first.address if brings_in else NO_ADDRESS,
        second_key=second.address if brings_in else NO_ADDRESS,
        effective_at=world.now + notice + choice.mostly(0, [1, DAY, -notice, -1], 3),
        deadline=_deadline(world, choice),
    )
    council = of_kind(world, OrganisationKind.ADMINISTRATION)
    voices = [world.key_of(one.id, Purpose.MANAGE, choice.number()) for one in council]
    approving = voices[: max(1, len(voices) - choice.mostly(0, [1, 2], 3))]
    author = world.key_of(subject.id, Purpose.MANAGE, choice.number()) if by_predecessor else approving[0]
    possessing = [first, second] if brings_in else []

    def prove(digest: bytes) -> bytes:
        approvals = [] if by_predecessor else [one.sign(digest) for one in approving[1:]]
        return abi_encode(APPROVALS, (approvals, [one.sign(digest) for one in possessing]))

    return Draft(record, author, prove)


def _deadline(world: World, choice: Choice) -> int:
    return world.now + choice.mostly(3600, [7 * DAY, 0, 60])


def stranger() -> Signer:
    return signer("a stranger")


BUILDERS: dict[str, Callable[[World, Choice], Draft]] = {
    "declare": declare,
    "request": request,
    "decision": decision,
    "control": control,
    "hold": hold,
    "operator status": operator_status,
    "key authorisation": key_authorisation,
    "setting": setting,
    "grant": grant,
    "admission": admission,
    "erasure": erasure,
    "encryption key": encryption_key,
    "arrangement": arrangement,
    "suspension": suspension,
    "aeo status": aeo_status,
    "assistance": assistance,
    "recognition": recognition,
}

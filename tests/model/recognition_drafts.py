"""Records of mutual recognition that fit the world as it stands; as in `tests.model.drafts`."""

from eth_abi.abi import encode as abi_encode

from ledger.domain.codes import (
    AeoStanding,
    AssistanceAction,
    AssistanceKind,
    OrganisationKind,
    Purpose,
    Reason,
    SuspensionAction,
    Verdict,
)
from ledger.domain.records import AeoStatus, Arrangement, ArrangementSuspension, Assistance, Control, Recognition
from ledger.domain.state import DeclarationState
from ledger.domain.wire import ZERO, ConsignmentId, Digest, encode
from tests.domain.builders import DAY
from tests.model.choosing import Choice, Draft, administration_of, of_kind
from tests.model.reading import STEPS
from tests.model.world import World

SOMETHING = b"\x11" * 32
STANDARDS = (ZERO, b"\x05" * 31 + b"\x01", b"\x05" * 31 + b"\x02")


def arrangement(world: World, choice: Choice) -> Draft:
    pair = sorted(choice.of(of_kind(world, OrganisationKind.ADMINISTRATION)).id for _ in range(2))
    line = world.ledger.recognitions.lines.get((pair[0], pair[1]))
    before = world.ledger.recognitions.versions.get(line.latest) if line else None
    start = max(world.now, before.record.valid_from + 1 if before else 0)
    record = Arrangement(
        first=pair[0],
        second=pair[1],
        predecessor=choice.mostly(line.latest if line else Digest(ZERO), [Digest(SOMETHING), Digest(ZERO)]),
        procedures=choice.mostly(0x1FF, [0x0FF, 0x155], 4),
        methods=choice.mostly(15, [12, 7], 4),
        risks=choice.mostly(15, [1, 14, 7], 4),
        standard=choice.mostly(ZERO, STANDARDS, 3),
        valid_from=start + choice.mostly(0, [60, DAY, -1]),
        valid_until=start + choice.mostly(365 * DAY, [3 * DAY, 61], 5),
        deadline=deadline(world, choice),
    )
    second = world.key_of(pair[1], choice.mostly(Purpose.MANAGE, [Purpose.DECIDE]), choice.number())
    return Draft(record, world.key_of(pair[0], Purpose.MANAGE, choice.number()), second.sign)


def suspension(world: World, choice: Choice) -> Draft:
    if not world.ledger.recognitions.lines:
        return arrangement(world, choice)
    pair, line = choice.of(list(world.ledger.recognitions.lines.items()))
    party = choice.mostly(choice.of(pair), [1, 2, 3])
    author = world.ledger.participants.competent_for(party, world.now)
    action = SuspensionAction.RESUME if party in line.suspended else SuspensionAction.SUSPEND
    record = ArrangementSuspension(
        administration=author,
        arrangement=choice.mostly(line.latest, list(world.ledger.recognitions.versions), 8),
        prev=line.head,
        action=choice.mostly(action, list(SuspensionAction), 4),
        deadline=deadline(world, choice),
    )
    return Draft(record, world.key_of(author, Purpose.MANAGE, choice.number()))


def aeo_status(world: World, choice: Choice) -> Draft:
    grants = world.ledger.recognitions.grants
    ends = grants and choice.rarely(2)
    granted = choice.of(list(grants)) if ends else Digest(ZERO)
    operator = grants[granted].record.operator if ends else choice.of(of_kind(world, OrganisationKind.OPERATOR)).id
    home = world.ledger.participants.organisations[operator].administration
    author = choice.mostly(world.ledger.participants.competent_for(home, world.now), [1, 2])
    record = AeoStatus(
        administration=author,
        operator=operator,
        grant=granted,
        status=choice.of([AeoStanding.SUSPENDED, AeoStanding.WITHDRAWN]) if ends else AeoStanding.GRANTED,
        programme=choice.number().to_bytes(32, "big"),
        valid_from=world.now + choice.mostly(-60, [0, 60, -DAY, -4 * DAY], 3),
        valid_until=0 if ends else world.now + choice.mostly(300 * DAY, [DAY], 6),
        deadline=deadline(world, choice),
    )
    return Draft(record, world.key_of(author, Purpose.DECIDE, choice.number()))


def assistance(world: World, choice: Choice) -> Draft:
    requests = world.ledger.recognitions.requests
    answers = requests and choice.rarely(2)
    request = choice.of(list(requests)) if answers else Digest(ZERO)
    asked = requests[request].record if answers else None
    author = asked.addressee if asked else administration_of(world, choice).id
    addressee = asked.administration if asked else administration_of(world, choice).id
    author = world.ledger.participants.competent_for(author, world.now)
    action = choice.of([AssistanceAction.ANSWER, AssistanceAction.REFUSAL]) if asked else AssistanceAction.REQUEST
    declarations = [*world.ledger.declarations.values()]
    record = Assistance(
        administration=author,
        addressee=choice.mostly(addressee, [1, 99]),
        consignment=choice.of(declarations).consignment if declarations else ConsignmentId(SOMETHING),
        request=request,
        action=action,
        kind=choice.of(list(AssistanceKind)),
        commitment=ZERO if action is AssistanceAction.REFUSAL else choice.number().to_bytes(32, "big"),
        reason=choice.of(list(Reason)),
        due_at=0 if asked else world.now + choice.mostly(DAY, [0, 1]),
        deadline=deadline(world, choice),
    )
    return Draft(record, world.key_of(author, Purpose.DECIDE, choice.number()))


def recognition(world: World, choice: Choice) -> Draft:
    known = world.ledger.recognitions
    parents = [*known.nodes, *known.nodes, *world.controls]
    if not parents or not known.versions:
        return arrangement(world, choice)
    parent = choice.of(parents)
    own = _near(world, choice, parent)
    author = world.ledger.participants.competent_for(own.administration, world.now)
    declines = choice.rarely(8)
    risk = known.nodes[Digest(parent)].record.risk if parent in known.nodes else world.controls[parent].risk
    part = choice.mostly(risk, [risk & 5 or risk, 1], 3)
    mine = [digest for digest, node in known.nodes.items() if node.record.declaration == own.id]
    effective_at = world.now + choice.mostly(0, [-60, 300, 301], 4)
    record = Recognition(
        declaration=own.id,
        parent=choice.mostly(Digest(parent), [Digest(SOMETHING)], 20),
        supersedes=choice.of(mine) if mine and choice.rarely(4) else Digest(ZERO),
        arrangement=Digest(ZERO) if declines else _arrangement_of(world, choice, parent, author),
        aeo=choice.of([*known.grants]) if known.grants and not declines and choice.rarely(3) else Digest(ZERO),
        administration=author,
        office=choice.mostly(7, [0, 8]),
        version=choice.mostly(own.version.number, [1, own.version.number + 1], 6),
        verdict=Verdict.DECLINED if declines else Verdict.PARTIAL if part != risk else Verdict.FULL,
        risk=part,
        reason=Reason.RISK if declines else Reason.UNSPECIFIED,
        evidence=choice.number().to_bytes(32, "big"),
        effective_at=effective_at,
        deadline=deadline(world, choice),
    )
    proof = _proof(world, parent) if not choice.rarely(15) else b""
    return Draft(record, world.key_of(author, Purpose.DECIDE, choice.number()), lambda _: proof)


def _near(world: World, choice: Choice, parent: bytes) -> DeclarationState:
    """Mostly a declaration of the same consignment and another administration."""
    states = world.ledger.declarations
    node = world.ledger.recognitions.nodes.get(Digest(parent))
    above = states[node.record.declaration] if node else states[world.controls[parent].declaration]
    others = [
        one
        for one in states.values()
        if one.consignment == above.consignment and one.administration != above.administration
    ]
    return choice.of(others) if others and not choice.rarely(15) else choice.of(list(states.values()))


def _arrangement_of(world: World, choice: Choice, parent: bytes, author: int) -> Digest:
    known = world.ledger.recognitions
    node = known.nodes.get(Digest(parent))
    partner = node.record.administration if node else world.controls[parent].administration
    between = [
        digest for digest, one in known.versions.items() if {one.record.first, one.record.second} == {author, partner}
    ]
    return choice.of(between) if between and not choice.rarely(15) else choice.of(list(known.versions))


def relied_by(world: World, choice: Choice, state: DeclarationState) -> tuple[Digest, ...]:
    """Recognitions on which a decision of a declaration might rely, mostly its own and standing."""
    known = world.ledger.recognitions.nodes
    own = [digest for digest, node in known.items() if node.record.declaration == state.id]
    options = list(known) if choice.rarely(15) else own
    if not options or choice.rarely(3):
        return ()
    return tuple(choice.of(options) for _ in range(choice.mostly(1, [2, 4, 5], 4)))


def _proof(world: World, parent: bytes) -> bytes:
    control: Control | None = world.controls.get(parent)
    if control is None:
        return b""
    steps = world.steps[control.declaration]
    start = next(at for at, (_, _, digest) in enumerate(steps) if digest == parent)
    listed = [(request, digest) for _, request, digest in steps[start:]]
    return encode(control) + abi_encode(STEPS, (steps[start][0], listed))


def deadline(world: World, choice: Choice) -> int:
    return world.now + choice.mostly(3600, [7 * DAY, 0, 60])

"""Holds the contracts' state against the pure ledger's and against the fold of the events, field by field."""

from collections.abc import Iterable

from ledger.chain.abi import selector
from ledger.chain.rpc import as_bytes, hexed
from ledger.chain.views import Mandate, Participant, RegisteredKey, Standing, decoded
from ledger.domain.codes import OrganisationKind
from ledger.domain.participants import Key, Organisation
from ledger.domain.wire import WORD, ZERO
from tests.domain.builders import snapshot
from tests.model.chain import Chain
from tests.model.world import World

Question = tuple[str, bytes, str, object]
"""Who is asked, with which call, about what, and what the pure ledger says."""


def assert_agreement(chain: Chain, world: World) -> None:
    """Contracts, pure ledger and fold of the events say the same."""
    assert snapshot(world.folded) == snapshot(world.ledger)
    questions = [*_of_declarations(world), *_of_participants(world), *_of_recognitions(world)]
    asked = [{"to": _address(chain, who), "data": hexed(call)} for who, call, _, _ in questions]
    answers = chain.rpc.batch([("eth_call", (call, "latest")) for call in asked])
    for (_, _, what, expected), answer in zip(questions, answers, strict=True):
        found = as_bytes(answer)
        shape = type(expected)
        said = found if isinstance(expected, bytes) else decoded(shape, found)
        assert said == expected, f"{what}: the contract says {said}, the model {expected}"


def _address(chain: Chain, who: str) -> str:
    by_name = {"participants": chain.participants, "recognitions": chain.domains.recognitions.contract}
    return hexed(by_name.get(who, chain.consignments))


def _call(function: str, *words: bytes | int) -> bytes:
    return selector(function) + b"".join(w if isinstance(w, bytes) else w.to_bytes(WORD, "big") for w in words)


def _of_declarations(world: World) -> Iterable[Question]:
    ledger = world.ledger
    agencies = [one.id for one in ledger.participants.organisations.values() if one.kind is OrganisationKind.AGENCY]
    for state in ledger.declarations.values():
        name = f"declaration 0x{state.id.hex()[:8]}"
        competent = ledger.participants.competent_for(state.administration, world.now)
        authority = ledger.participants.organisations[competent].status_at(world.now)
        reliance = ledger.reliance(state.id)
        standing = Standing(state.settled, state.request, state.hold_head, state.word, authority, reliance)
        lanes = sum(version << 16 * area for area, version in enumerate(state.touched))
        yield "consignments", _call("touched(bytes32)", state.id), f"risks of {name}", lanes.to_bytes(WORD, "big")
        yield "consignments", _call("status(bytes32)", state.id), name, standing
        heads = state.settled + state.request + state.hold_head + state.public_head
        yield "consignments", _call("heads(bytes32)", state.id), f"heads of {name}", heads
        for agency in agencies:
            is_open = int(agency in state.holders).to_bytes(WORD, "big")
            yield "consignments", _call("holdOpen(bytes32,uint32)", state.id, agency), f"hold on {name}", is_open
        if bytes(state.consignment) == state.id:
            head = ledger.consignments.get(state.consignment, state.consignment)
            expected = bytes(head) + state.join_key.rjust(WORD, b"\0")
            yield "consignments", _call("consignment(bytes32)", state.id), f"consignment of {name}", expected
        for version in range(state.version.number + 2):
            erased = ledger.erasures.get((state.id, version), ZERO)
            call = _call("erasure(bytes32,uint16)", state.id, version)
            yield "consignments", call, f"erasure of version {version} of {name}", bytes(erased)
        for _, _, digest in world.steps.get(state.id, []):
            superseded = int(digest in ledger.superseded).to_bytes(WORD, "big")
            yield "consignments", _call("superseded(bytes32)", digest), f"step of {name}", superseded


def _of_participants(world: World) -> Iterable[Question]:
    known = world.ledger.participants
    yield "participants", _call("councilHead()"), "council's head", bytes(known.council_head)
    for one in known.organisations.values():
        expected = _participant(one, world.now)
        yield "participants", _call("organisation(uint32)", one.id), f"organisation {one.id}", expected
        last = max((version for owner, version in known.encryption_keys if owner == one.id), default=0)
        call = _call("encryptionVersion(uint32)", one.id)
        yield "participants", call, f"encryption key of {one.id}", last.to_bytes(WORD, "big")
    for key in known.keys.values():
        call = _call("key(address)", key.address.rjust(WORD, b"\0"))
        yield "participants", call, f"key of {key.organisation}", _key(key)
    for (declarant, agent), mandate in known.mandates.items():
        said = Mandate(
            mandate.serial,
            mandate.representation,
            mandate.administration,
            mandate.legs,
            mandate.valid_from,
            mandate.valid_until,
        )
        yield "participants", _call("mandate(uint32,uint32)", declarant, agent), f"mandate of {agent}", said


def _of_recognitions(world: World) -> Iterable[Question]:
    known, walk = world.ledger.recognitions, world.ledger.walk
    for digest, node in known.nodes.items():
        r = node.record
        words = (r.administration, r.version, r.verdict, node.depth, r.risk, node.withdrawn, r.effective_at)
        said = _words(r.parent, r.declaration, r.aeo, *words)
        yield "recognitions", _call("recognition(bytes32)", digest), f"recognition 0x{digest.hex()[:8]}", said
        yield "recognitions", _call("standing(bytes32)", digest), "its standing", _words(walk.standing(digest))
    for digest, c in known.controls.items():
        facts = (c.administration, c.version, c.method, c.outcome, c.risk, c.effective_at, c.valid_until)
        said = _words(c.declaration, c.standard, *facts)
        yield "recognitions", _call("control(bytes32)", digest), f"control 0x{digest.hex()[:8]}", said
    for declaration, relied in known.reliances.items():
        said = _words(*relied, *[0] * (4 - len(relied)))
        yield "recognitions", _call("reliance(bytes32)", declaration), "reliance", said
    yield from _of_arrangements(world)
    for digest, grant in known.grants.items():
        g = grant.record
        said = _words(g.administration, g.operator, g.valid_from, g.valid_until, grant.ended_from or 0)
        yield "recognitions", _call("aeo(bytes32)", digest), "AEO status", said
    for digest, request in known.requests.items():
        q = request.record
        said = _words(q.administration, q.addressee, q.due_at, request.answered_at, request.answer)
        yield "recognitions", _call("assistance(bytes32)", digest), "assistance", said


def _of_arrangements(world: World) -> Iterable[Question]:
    known = world.ledger.recognitions
    for digest, version in known.versions.items():
        v = version.record
        words = (v.first, v.second, v.procedures, v.methods, v.risks, v.valid_from, version.valid_until)
        said = _words(*words, v.standard, v.predecessor)
        yield "recognitions", _call("arrangement(bytes32)", digest), "arrangement", said
    for (first, second), line in known.lines.items():
        said = _words(line.latest, line.head, first in line.suspended, second in line.suspended)
        yield "recognitions", _call("line(uint16,uint16)", first, second), f"line of {first} and {second}", said


def _words(*values: bytes | int) -> bytes:
    return b"".join(one if isinstance(one, bytes) else int(one).to_bytes(WORD, "big") for one in values)


def _participant(one: Organisation, now: int) -> Participant:
    is_administration = one.kind is OrganisationKind.ADMINISTRATION
    return Participant(
        kind=one.kind,
        status=one.status_at(now),
        next_status=one.next_status,
        status_from=one.status_from,
        country=one.country,
        sponsor=0 if is_administration else one.administration,
        successor=one.successor,
        backdating=one.backdating_at(now) if is_administration else 0,
        mark=one.marks,
        head=one.head,
    )


def _key(key: Key) -> RegisteredKey:
    return RegisteredKey(
        organisation=key.organisation,
        purposes=key.purposes,
        office=key.office,
        not_before=key.not_before,
        not_after=key.not_after,
        compromised_since=key.compromised_since,
        unshortened=key.restores,
    )

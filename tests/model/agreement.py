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
    questions = [*_of_declarations(world), *_of_participants(world)]
    asked = [{"to": _address(chain, who), "data": hexed(call)} for who, call, _, _ in questions]
    answers = chain.rpc.batch([("eth_call", (call, "latest")) for call in asked])
    for (_, _, what, expected), answer in zip(questions, answers, strict=True):
        found = as_bytes(answer)
        shape = type(expected)
        said = found if isinstance(expected, bytes) else decoded(shape, found)
        assert said == expected, f"{what}: the contract says {said}, the model {expected}"


def _address(chain: Chain, who: str) -> str:
    return hexed(chain.consignments if who == "consignments" else chain.participants)


def _call(function: str, *words: bytes | int) -> bytes:
    return selector(function) + b"".join(w if isinstance(w, bytes) else w.to_bytes(WORD, "big") for w in words)


def _of_declarations(world: World) -> Iterable[Question]:
    ledger = world.ledger
    agencies = [one.id for one in ledger.participants.organisations.values() if one.kind is OrganisationKind.AGENCY]
    for state in ledger.declarations.values():
        name = f"declaration 0x{state.id.hex()[:8]}"
        competent = ledger.participants.competent_for(state.administration, world.now)
        authority = ledger.participants.organisations[competent].status_at(world.now)
        standing = Standing(state.settled, state.request, state.hold_head, state.word, authority)
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

"""Recognition of other administrations' controls, and decisions that rely on it."""

from dataclasses import dataclass
from typing import Final

from passavant_verifier.codes import ControlOutcome, Flag, OrganisationKind, OrganisationStatus, Outcome, Verdict
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.consignments import Consignments
from passavant_verifier.law.entry import Entry, RefusedError, check_deciding_key, need
from passavant_verifier.law.forms import is_well_formed
from passavant_verifier.law.lodgement import check_effect
from passavant_verifier.law.participants import Participants
from passavant_verifier.law.proofs import supersedes
from passavant_verifier.law.recognitions import Facts, Node, Recognitions, Version
from passavant_verifier.layout import State
from passavant_verifier.lifecycle import LIVE
from passavant_verifier.records import WORD, ZERO, Record
from passavant_verifier.webs import MAX_DEPTH, MAX_RELIED, AeoWord, NodeWord, touches

UNTOLD: Final = frozenset(
    {
        Outcome.RELIANCE_NOT_PROVEN,
        Outcome.RELIANCE_INVALID,
        Outcome.CONTROL_EXPIRED,
        Outcome.PARENT_BROKEN,
        Outcome.RISK_TOUCHED,
    }
)
"""Outcomes of reliance that only its proof, which lists what is relied on, can tell."""


@dataclass(frozen=True, slots=True)
class Law:
    """The three contracts' state, as the rules of recognition look at it."""

    consignments: Consignments
    participants: Participants
    recognitions: Recognitions


@dataclass(frozen=True, slots=True)
class Found:
    """What a recognition goes back to.

    Attributes:
        control: digest of the control.
        facts: what is known of it.
        partner: the administration that made the parent.
        depth: how deep the recognition lies below the control.
        risk: risk areas of the parent.
        own: state of the recognition's declaration.
        controlled: state of the declaration that was controlled.
    """

    control: bytes
    facts: Facts
    partner: int
    depth: int
    risk: int
    own: State
    controlled: State


def recognition(law: Law, entry: Entry) -> None:
    """Check a Recognition and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, nodes = entry.record, law.recognitions.nodes
    need(entry.digest not in nodes, Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_deciding_key(entry, law.participants.keys[entry.signer], record.number("office"))
    acts = law.participants.acts(entry.author, OrganisationKind.ADMINISTRATION, entry.time)
    need(acts, Outcome.ORGANISATION_NOT_ACTIVE)
    _check_own(law, entry)
    check_effect(law.participants, entry, entry.author)
    _check_replaced(law.recognitions, record)
    found = _find(law, entry)
    need(found.depth <= MAX_DEPTH, Outcome.TOO_DEEP)
    same = _consignment(record.word("declaration"), found.own)
    need(same == _consignment(found.facts.declaration, found.controlled), Outcome.OTHER_CONSIGNMENT)
    if record.number("verdict") != Verdict.DECLINED:
        _check_reliable(law, entry, found)
    entry.conclude()
    _take_in(law.recognitions, entry, found)


def relied_on(law: Law, entry: Entry, proof: bytes) -> tuple[bytes, ...]:
    """The recognitions on which a decision relies, by the end of its proof.

    Raises:
        RefusedError: they are not those that it names, or it may not rely on one of them.
    """
    record = entry.record
    listed = tuple(proof[at : at + WORD] for at in range(0, len(proof), WORD))
    proven = 0 < len(listed) <= MAX_RELIED and len(proof) % WORD == 0 and keccak256(proof) == record.word("reliance")
    need(proven, Outcome.RELIANCE_NOT_PROVEN)
    for digest in listed:
        _check_relied(law, record, digest)
    return listed


def standing_of(law: Law, digest: bytes, risk: int) -> Outcome:
    """RECORDED, PARENT_BROKEN or RISK_TOUCHED for a recognition, or a control, and all above it, in risk areas."""
    outcome, known = Outcome.RECORDED, law.recognitions
    while (node := known.nodes.get(digest)) is not None:
        grant = known.grants.get(node.aeo, AeoWord())
        if node.word.superseded or grant.ended_at(node.word.effective_at):
            return Outcome.PARENT_BROKEN
        if _is_touched(law, node.declaration, node.word.version, risk):
            outcome = Outcome.RISK_TOUCHED
        digest = node.parent
    if digest in law.consignments.superseded:
        return Outcome.PARENT_BROKEN
    facts = known.controls.get(digest)
    touched = facts is not None and _is_touched(law, facts.declaration, facts.word.version, risk)
    return Outcome.RISK_TOUCHED if touched else outcome


def is_withdrawn(law: Law, declaration: bytes) -> bool:
    """True when one of the recognitions on which a declaration relied last no longer stands."""
    relied = law.recognitions.reliances.get(declaration, ())
    risks = ((digest, law.recognitions.nodes[digest].word.risk) for digest in relied)
    return any(standing_of(law, digest, risk) is not Outcome.RECORDED for digest, risk in risks)


def _check_own(law: Law, entry: Entry) -> None:
    record, declarations = entry.record, law.consignments.declarations
    need(record.word("declaration") in declarations, Outcome.UNKNOWN_DECLARATION)
    state = declarations[record.word("declaration")].state
    competent = law.participants.is_competent(state.administration, entry.author, entry.time)
    need(competent, Outcome.NOT_COMPETENT)
    need(1 <= record.number("version") <= state.version, Outcome.UNKNOWN_VERSION)
    need(state.status in LIVE, Outcome.TRANSITION_NOT_ALLOWED)


def _check_replaced(known: Recognitions, record: Record) -> None:
    if record.word("supersedes") == ZERO:
        return
    replaced = known.nodes.get(record.word("supersedes"))
    if replaced is None or replaced.declaration != record.word("declaration"):
        raise RefusedError(Outcome.SUPERSEDES_NOT_PROVEN)
    need(not replaced.word.superseded, Outcome.ALREADY_SUPERSEDED)


def _find(law: Law, entry: Entry) -> Found:
    """The parent, and the control above it.

    Raises:
        RefusedError: PARENT_NOT_PROVEN.
    """
    known, declarations = law.recognitions, law.consignments.declarations
    name = entry.record.word("parent")
    control, parent = known.root(name), known.nodes.get(name)
    facts = known.controls.get(control) or _proven(law, entry, name)
    partner, depth, risk = facts.word.administration, 1, facts.word.risk
    if parent is not None:
        partner, depth, risk = parent.word.administration, parent.word.depth + 1, parent.word.risk
    own, controlled = declarations[entry.record.word("declaration")], declarations[facts.declaration]
    return Found(control, facts, partner, depth, risk, own.state, controlled.state)


def _proven(law: Law, entry: Entry, digest: bytes) -> Facts:
    """A control that is recognised for the first time: the proof is its body, then the way to its settled head.

    Only what was recorded leads to a settled head, so that the events know every control that can be proven.
    """
    control = law.consignments.controls.get(digest)
    if control is None:
        raise RefusedError(Outcome.PARENT_NOT_PROVEN)
    settled = law.consignments.declarations[control.word("declaration")].settled
    size = control.form.size
    entry.needs_proof(
        lambda proof: proof[:size] == control.body and supersedes(proof[size:], digest, settled),
        Outcome.PARENT_NOT_PROVEN,
    )
    return Facts.of(control)


def _check_reliable(law: Law, entry: Entry, found: Found) -> None:
    """What only a recognition needs that recognises something."""
    record, control, time = entry.record, found.facts.word, entry.time
    effective_at, risk = record.number("effectiveAt"), record.number("risk")
    need(control.outcome != ControlOutcome.NOT_CARRIED_OUT, Outcome.CONTROL_NOT_CARRIED_OUT)
    need(control.outcome == ControlOutcome.NONE_FOUND, Outcome.DISCREPANCY_FOUND)
    need(effective_at >= control.effective_at, Outcome.EFFECTIVE_TOO_EARLY)
    need(control.valid_until > max(effective_at, time), Outcome.CONTROL_EXPIRED)
    whole = risk == found.risk or record.number("verdict") == Verdict.PARTIAL
    need(whole and not risk & ~found.risk, Outcome.OUT_OF_SCOPE)
    _check_arrangement(law, entry, found)
    if record.word("aeo") != ZERO:
        need(_is_trusted(law, entry, found), Outcome.AEO_NOT_VALID)
    parent = law.recognitions.nodes.get(record.word("parent"))
    need(parent is None or parent.word.verdict != Verdict.DECLINED, Outcome.PARENT_BROKEN)
    standing = standing_of(law, record.word("parent"), risk)
    need(standing is Outcome.RECORDED, standing)
    touched = _is_touched(law, record.word("declaration"), record.number("version"), risk)
    need(not touched and not _is_touched(law, found.facts.declaration, control.version, risk), Outcome.RISK_TOUCHED)


def _check_arrangement(law: Law, entry: Entry, found: Found) -> None:
    """The version that is named counts at the control's time, the line's version of now at the record's."""
    people, known, time = law.participants, law.recognitions, entry.time
    named = known.version(entry.record.word("arrangement"))
    parties = (named.word.first, named.word.second)
    pairs = ((entry.author, found.partner), (found.partner, entry.author))
    between = any(
        all(people.is_competent(party, one, time) for party, one in zip(parties, pair, strict=True)) for pair in pairs
    )
    need(named.word.first and between, Outcome.UNKNOWN_ARRANGEMENT)
    line = known.line(named.word)
    current = known.current(line, time)
    in_force = named.word.in_force(found.facts.word.effective_at) and current.word.in_force(time)
    partner = people.organisation(people.competent_for(found.partner, time))
    active = partner.status_at(time) == OrganisationStatus.ACTIVE
    need(in_force and active, Outcome.ARRANGEMENT_NOT_IN_FORCE)
    need(not line.suspends, Outcome.ARRANGEMENT_SUSPENDED)
    both, risk = (named, current), entry.record.number("risk")
    need(all(_covers(one, risk, found) for one in both), Outcome.OUT_OF_SCOPE)
    need(all(_meets(found.facts.standard, one.standard) for one in both), Outcome.BELOW_STANDARD)


def _covers(version: Version, risk: int, found: Found) -> bool:
    regimes = (found.own.regime, found.controlled.regime)
    procedures = all(version.word.procedures >> (regime - 1) & 1 for regime in regimes)
    method = version.word.methods >> (found.facts.word.method - 1) & 1
    return procedures and bool(method) and not risk & ~version.word.risks


def _meets(met: bytes, wanted: bytes) -> bool:
    """The same name, and at least the level, which is the last byte; 0 asks for nothing."""
    return wanted == ZERO or (met[:-1] == wanted[:-1] and met[-1] >= wanted[-1])


def _is_trusted(law: Law, entry: Entry, found: Found) -> bool:
    """The AEO grant is the declarant's whose declaration was controlled, given there, valid then and now."""
    grant = law.recognitions.grants.get(entry.record.word("aeo"))
    if grant is None or grant.operator != found.controlled.declarant:
        return False
    effective_at = entry.record.number("effectiveAt")
    latest = max(effective_at, entry.time)
    home = law.participants.is_competent(grant.administration, found.facts.word.administration, entry.time)
    return home and grant.valid_from <= effective_at and latest < grant.valid_until and not grant.ended_at(latest)


def _check_relied(law: Law, record: Record, digest: bytes) -> None:
    """It was made for the decision's declaration, has not expired and still stands."""
    known = law.recognitions
    node = known.nodes.get(digest)
    if node is None or node.declaration != record.word("declaration") or node.word.verdict == Verdict.DECLINED:
        raise RefusedError(Outcome.RELIANCE_INVALID)
    valid_until = known.controls[known.root(digest)].word.valid_until
    need(valid_until > record.number("effectiveAt"), Outcome.CONTROL_EXPIRED)
    standing = standing_of(law, digest, node.word.risk)
    need(standing is Outcome.RECORDED, standing)


def _is_touched(law: Law, declaration: bytes, version: int, risk: int) -> bool:
    return touches(law.consignments.touched.get(declaration, 0), version, risk)


def _consignment(declaration: bytes, state: State) -> bytes:
    """The first 20 bytes of the consignment's id."""
    return state.anchor.to_bytes(20, "big") if state.flags & Flag.JOINED else declaration[:20]


def _take_in(known: Recognitions, entry: Entry, found: Found) -> None:
    record = entry.record
    known.controls.setdefault(found.control, found.facts)
    word = NodeWord(
        administration=entry.author,
        version=record.number("version"),
        verdict=record.number("verdict"),
        depth=found.depth,
        risk=record.number("risk"),
        effective_at=record.number("effectiveAt"),
    )
    known.nodes[entry.digest] = Node(record.word("parent"), record.word("declaration"), record.word("aeo"), word)
    if record.word("supersedes") != ZERO:
        replaced = known.nodes[record.word("supersedes")]
        replaced.word = replaced.word._replace(superseded=1)

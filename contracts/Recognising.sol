// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {RecognitionStore} from "./RecognitionStore.sol";
import {Author} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {ControlOutcome, OrganisationKind, OrganisationStatus, Outcome, Verdict} from "./types/Codes.sol";
import {Forms} from "./types/Forms.sol";
import {Head} from "./types/Heads.sol";
import {Lifecycle} from "./types/Lifecycle.sol";
import {Organisation} from "./types/Organisation.sol";
import {Proofs} from "./types/Proofs.sol";
import "./types/Records.sol" as Records;
import {State} from "./types/State.sol";
import "./types/Words.sol" as Words;

/// @title Recognition: what it needs of the control, of all that lies between, and of the arrangement
abstract contract Recognising is RecognitionStore {
    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Proofs for bytes;

    /// @dev What the checks of one recognition have found.
    struct Found {
        State state;
        State controlled;
        bytes32 control;
        uint16 partner;
        uint256 depth;
        uint256 risk;
    }

    function _recognise(Records.Entry calldata entry, bytes calldata body, bytes32 digest, Author author)
        internal
        returns (uint256 outcome)
    {
        Words.Recognition calldata r = body.recognition();
        if (_nodes[digest].declaration != 0) return Outcome.ALREADY_RECORDED;
        if (!Forms.recognition(r)) return Outcome.MALFORMED;
        outcome = _checkDecidingKey(author, r.deadline, r.office);
        if (outcome != Outcome.RECORDED) return outcome;
        if (!author.organisation().acts(OrganisationKind.ADMINISTRATION, block.timestamp)) {
            return Outcome.ORGANISATION_NOT_ACTIVE;
        }
        // slither-disable-next-line uninitialized-local  the checks fill it in their order
        Found memory found;
        outcome = _checkOwn(r, found);
        if (outcome == Outcome.RECORDED) outcome = _checkEffect(r.effectiveAt, author.organisation());
        if (outcome == Outcome.RECORDED) outcome = _checkReplaced(r);
        if (outcome != Outcome.RECORDED) return outcome;
        ControlFacts memory facts;
        (outcome, facts) = _findParent(r, entry.proofOf(), found);
        if (outcome == Outcome.RECORDED) outcome = _checkConsignment(r, facts, found);
        if (outcome == Outcome.RECORDED && r.verdict != Verdict.DECLINED) {
            outcome = _checkReliable(r, facts, found);
        }
        if (outcome != Outcome.RECORDED) return outcome;

        if (_controls[found.control].declaration == 0) _controls[found.control] = facts;
        _nodes[digest] = Node({
            parent: r.parent,
            declaration: r.declaration,
            aeo: r.aeo,
            administration: uint16(r.administration),
            version: uint16(r.version),
            verdict: uint8(r.verdict),
            depth: uint8(found.depth),
            risk: uint8(r.risk),
            withdrawn: false,
            effectiveAt: uint40(r.effectiveAt)
        });
        if (r.supersedes != 0) _nodes[r.supersedes].withdrawn = true;
        _emit(entry, Recognition.selector, digest, r.declaration, r.administration);
    }

    /// @dev The declaration for which it is made.
    function _checkOwn(Words.Recognition calldata r, Found memory found) private view returns (uint256) {
        // slither-disable-next-line unused-return,calls-loop  only the state counts; Consignments is known code
        (, found.state) = _declaration(r.declaration);
        if (!found.state.exists()) return Outcome.UNKNOWN_DECLARATION;
        if (!_standsFor(found.state.administration(), uint16(r.administration))) {
            return Outcome.NOT_COMPETENT;
        }
        if (r.version == 0 || r.version > found.state.version()) return Outcome.UNKNOWN_VERSION;
        return Lifecycle.isLive(found.state.status()) ? Outcome.RECORDED : Outcome.TRANSITION_NOT_ALLOWED;
    }

    function _checkReplaced(Words.Recognition calldata r) private view returns (uint256) {
        if (r.supersedes == 0) return Outcome.RECORDED;
        Node storage replaced = _nodes[r.supersedes];
        if (replaced.declaration != r.declaration) return Outcome.SUPERSEDES_NOT_PROVEN;
        return replaced.withdrawn ? Outcome.ALREADY_SUPERSEDED : Outcome.RECORDED;
    }

    /// @dev The parent's author, depth and risk areas, and the control at the root.
    function _findParent(Words.Recognition calldata r, bytes calldata proof, Found memory found)
        private
        view
        returns (uint256, ControlFacts memory facts)
    {
        Node storage parent = _nodes[r.parent];
        found.control = _rootOf(r.parent);
        facts = _controls[found.control];
        (found.depth, found.partner, found.risk) = (1, facts.administration, facts.risk);
        if (parent.declaration != 0) {
            (found.depth, found.partner, found.risk) = (parent.depth + 1, parent.administration, parent.risk);
        } else if (facts.declaration == 0) {
            if (!_proves(proof, r.parent)) return (Outcome.PARENT_NOT_PROVEN, facts);
            facts = _factsOf(proof.control());
            (found.partner, found.risk) = (facts.administration, facts.risk);
        }
        return (found.depth > MAX_DEPTH ? Outcome.TOO_DEEP : Outcome.RECORDED, facts);
    }

    function _rootOf(bytes32 digest) internal view returns (bytes32) {
        while (_nodes[digest].declaration != 0) {
            digest = _nodes[digest].parent;
        }
        return digest;
    }

    /// @dev True when `proof` is the body of the control `digest`, and the steps from it to its declaration's settled head.
    function _proves(bytes calldata proof, bytes32 digest) private view returns (bool) {
        (bytes32 typeHash, uint256 length) = Records.typeOf(Records.CONTROL);
        if (proof.length < length) return false;
        bytes calldata body = proof[:length];
        // slither-disable-next-line calls-loop  Consignments is known code
        if (body.digest(consignments.domainSeparator(), typeHash) != digest) return false;
        (Head settled,) = _declaration(body.control().declaration);
        bytes calldata steps = proof[length:];
        return steps.supersedes(digest, settled);
    }

    function _checkConsignment(Words.Recognition calldata r, ControlFacts memory facts, Found memory found)
        private
        view
        returns (uint256)
    {
        (, found.controlled) = _declaration(facts.declaration);
        bool same =
            found.state.consignmentKey(r.declaration) == found.controlled.consignmentKey(facts.declaration);
        return same ? Outcome.RECORDED : Outcome.OTHER_CONSIGNMENT;
    }

    /// @dev What only a recognition needs that recognises something.
    function _checkReliable(Words.Recognition calldata r, ControlFacts memory facts, Found memory found)
        private
        view
        returns (uint256 outcome)
    {
        if (facts.outcome == ControlOutcome.NOT_CARRIED_OUT) return Outcome.CONTROL_NOT_CARRIED_OUT;
        if (facts.outcome != ControlOutcome.NONE_FOUND) return Outcome.DISCREPANCY_FOUND;
        if (r.effectiveAt < facts.effectiveAt) return Outcome.EFFECTIVE_TOO_EARLY;
        if (facts.validUntil <= r.effectiveAt || facts.validUntil <= block.timestamp) {
            return Outcome.CONTROL_EXPIRED;
        }
        bool whole = r.risk == found.risk;
        if (r.risk & ~found.risk != 0 || (r.verdict == Verdict.FULL && !whole)) return Outcome.OUT_OF_SCOPE;
        outcome = _checkArrangement(r, facts, found);
        if (outcome == Outcome.RECORDED && r.aeo != 0) outcome = _checkAeo(r, facts, found.controlled);
        if (outcome != Outcome.RECORDED) return outcome;
        if (_nodes[r.parent].verdict == Verdict.DECLINED) return Outcome.PARENT_BROKEN;
        return _standingOfParent(r, facts, found);
    }

    function _standingOfParent(Words.Recognition calldata r, ControlFacts memory facts, Found memory found)
        private
        view
        returns (uint256 outcome)
    {
        outcome = _standingOf(r.parent, r.risk);
        if (outcome != Outcome.RECORDED) return outcome;
        // Neither the recognition itself nor a control that is new here is stored yet.
        bool touched = _isTouched(r.declaration, r.version, r.risk)
            || (found.depth == 1 && _isTouched(facts.declaration, facts.version, r.risk));
        return touched ? Outcome.RISK_TOUCHED : Outcome.RECORDED;
    }

    /// @dev The version that it names counts at the control's time, the line's version of now at the record's.
    function _checkArrangement(Words.Recognition calldata r, ControlFacts memory facts, Found memory found)
        private
        view
        returns (uint256)
    {
        Version storage version = _versions[r.arrangement];
        (uint16 first, uint16 second) = (version.first, version.second);
        uint16 own = uint16(r.administration);
        bool between = (_standsFor(first, own) && _standsFor(second, found.partner))
            || (_standsFor(second, own) && _standsFor(first, found.partner));
        if (first == 0 || !between) return Outcome.UNKNOWN_ARRANGEMENT;
        Line storage line_ = _lines[_pair(first, second)];
        Version storage current = _currentOf(line_.latest);
        if (!_inForce(version, facts.effectiveAt) || !_inForce(current, block.timestamp)) {
            return Outcome.ARRANGEMENT_NOT_IN_FORCE;
        }
        if (!_isActive(found.partner)) return Outcome.ARRANGEMENT_NOT_IN_FORCE;
        if (line_.suspendedByFirst || line_.suspendedBySecond) return Outcome.ARRANGEMENT_SUSPENDED;
        if (!_covers(version, r.risk, facts, found) || !_covers(current, r.risk, facts, found)) {
            return Outcome.OUT_OF_SCOPE;
        }
        bool met = _meets(facts.standard, version.standard) && _meets(facts.standard, current.standard);
        return met ? Outcome.RECORDED : Outcome.BELOW_STANDARD;
    }

    /// @dev Of a line's versions, each of which starts later than the one before, the last that has started.
    function _currentOf(bytes32 digest) private view returns (Version storage version) {
        version = _versions[digest];
        while (version.validFrom > block.timestamp) {
            version = _versions[version.predecessor];
        }
    }

    function _isActive(uint16 administration) private view returns (bool) {
        // slither-disable-next-line unused-return,calls-loop  only the state counts; Participants is known code
        (, Organisation word) = participants.competentFor(administration);
        return word.isAt(OrganisationStatus.ACTIVE, block.timestamp);
    }

    function _inForce(Version storage version, uint256 time) private view returns (bool) {
        return version.validFrom <= time && time < version.validUntil;
    }

    function _covers(Version storage version, uint256 risk, ControlFacts memory facts, Found memory found)
        private
        view
        returns (bool)
    {
        uint256 procedures = (1 << found.state.regime() | 1 << found.controlled.regime()) >> 1;
        uint256 outside = (procedures & ~uint256(version.procedures)) | (risk & ~uint256(version.risks));
        return outside == 0 && (version.methods >> (facts.method - 1)) & 1 == 1;
    }

    /// @dev The same name, and at least the level, which is the last byte; 0 asks for nothing.
    function _meets(bytes32 met, bytes32 wanted) private pure returns (bool) {
        return wanted == 0 || (met >> 8 == wanted >> 8 && uint8(uint256(met)) >= uint8(uint256(wanted)));
    }

    /// @dev Of the declarant whose declaration was controlled, granted there, now and when the recognition takes effect.
    function _checkAeo(Words.Recognition calldata r, ControlFacts memory facts, State controlled)
        private
        view
        returns (uint256)
    {
        AeoGrant memory granted = _grants[r.aeo];
        uint256 latest = r.effectiveAt > block.timestamp ? r.effectiveAt : block.timestamp;
        bool valid = granted.administration != 0 && granted.operator == controlled.declarant()
            && _standsFor(granted.administration, facts.administration) && granted.validFrom <= r.effectiveAt
            && latest < granted.validUntil && (granted.endedFrom == 0 || latest < granted.endedFrom);
        return valid ? Outcome.RECORDED : Outcome.AEO_NOT_VALID;
    }

    function _factsOf(Words.Control calldata c) private pure returns (ControlFacts memory) {
        return ControlFacts({
            declaration: c.declaration,
            standard: c.standard,
            administration: uint16(c.administration),
            version: uint16(c.version),
            method: uint8(c.method),
            outcome: uint8(c.outcome),
            risk: uint8(c.risk),
            effectiveAt: uint40(c.effectiveAt),
            validUntil: uint40(c.validUntil)
        });
    }

    function _declaration(bytes32 id) private view returns (Head settled, State state) {
        // slither-disable-next-line calls-loop  Consignments is known code
        (bytes32 head, uint256 word) = consignments.declaration(id);
        return (Head.wrap(head), State.wrap(word));
    }
}

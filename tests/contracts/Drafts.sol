// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "../../contracts/types/Codes.sol" as Codes;
import {Head} from "../../contracts/types/Heads.sol";
import {Lifecycle} from "../../contracts/types/Lifecycle.sol";
import "../../contracts/types/Records.sol" as Records;
import {State} from "../../contracts/types/State.sol";
import {RecognitionDrafts} from "./RecognitionDrafts.sol";
import {vm} from "./Vm.sol";

/// @notice Random records: most could be recorded as they are, some are spoilt in one of the ways of `_spoilt`.
/// Administration A and its operator stay as they are; what belongs to B is suspended, expires and comes back.
abstract contract Drafts is RecognitionDrafts {
    uint256 private constant MOST_JOINED = 12;
    uint256 private constant FAVOURITES = 4;
    uint256 private constant DRAWER = 16;
    uint256 private _entropy;
    bytes[] private _drawer;

    function _seed(uint256 seed) internal {
        _entropy = seed;
    }

    /// @dev A number below `n`.
    function _random(uint256 n) internal override returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return _entropy % n;
    }

    function _draw() internal returns (Records.Entry memory entry) {
        Draft memory draft = _plain();
        if (_random(3) == 0) return _spoilt(draft);
        entry = _signed(draft);
        if (_drawer.length < DRAWER) _drawer.push(abi.encode(entry));
    }

    /// @dev Always recorded: neither its author nor its addressee is ever touched.
    function _safe() internal returns (Records.Entry memory) {
        return _of(_declaration());
    }

    function _signed(Draft memory d) private view returns (Records.Entry memory entry) {
        entry = _entry(d.recordType, d.body, d.signer);
        entry.proof = d.prover == 0 ? d.proof : _sign(d.prover, _digest(entry));
    }

    function _plain() private returns (Draft memory) {
        if (_ids.length == 0) return _declares();
        uint256 which = _random(30);
        if (which == 0) return _declares();
        if (which == 1) return _joins();
        if (which < 5) return _requests();
        if (which < 12) return _decides();
        if (which == 12 || which == 28) return _controlsGoods();
        if (which < 15) return _holds();
        if (which == 20) return _erases();
        if (which > 21) return _amongPartners(which - 22);
        return _participates(which);
    }

    // -- declarants

    function _declares() private returns (Draft memory) {
        Records.Declaration memory r = _declaration();
        uint256 which = _random(4);
        if (which == 0) (r.declarant, r.administration) = (OTHER, B);
        if (which == 1) (r.declarant, r.stage) = (0, uint8(1 + _random(Codes.MAX_STAGE)));
        if (which == 2) r.agent = AGENT;
        return _drafted(r);
    }

    function _joins() private returns (Draft memory) {
        if (_joiners.length >= MOST_JOINED) return _decides();
        bool few = _consignments.length > FAVOURITES && _random(8) != 0;
        uint256 which = _random(few ? FAVOURITES : _consignments.length);
        Records.Declaration memory r = _joiner(_consignments[which]);
        uint256 where = _random(3);
        if (where == 0) (r.declarant, r.administration) = (OTHER, B);
        if (where == 1) (r.declarant, r.administration) = (0, C);
        return _drafted(r);
    }

    function _drafted(Records.Declaration memory r) private pure returns (Draft memory) {
        uint32 author = r.agent != 0 ? r.agent : r.declarant != 0 ? r.declarant : r.administration;
        uint256 prover = r.consignment == 0 ? 0 : _joinKey();
        return Draft(Records.DECLARATION, abi.encode(r), _key(author), prover, "");
    }

    function _requests() private returns (Draft memory d) {
        bytes32 id = _anyId();
        uint32 declarant = _stories[id].state.declarant();
        uint32 agent = _random(4) == 0 ? AGENT : 0;
        d.signer = _key(agent == 0 ? declarant : agent);
        d.recordType = uint8(Records.AMENDMENT_REQUEST + _random(3));
        if (d.recordType == Records.AMENDMENT_REQUEST) d.body = abi.encode(_amendment(id));
        else if (d.recordType == Records.INVALIDATION_REQUEST) d.body = abi.encode(_invalidation(id));
        else d.body = abi.encode(_presentation(id));
        _overwrite(d.body, 2, declarant);
        _overwrite(d.body, 3, agent);
    }

    // -- authorities

    function _decides() private returns (Draft memory d) {
        bytes32 id = _anyId();
        State state = _stories[id].state;
        Records.Decision memory r = _decision(id, _likelyKind(state));
        r.administration = state.administration();
        if (Lifecycle.rowOf(r.kind).safeguards()) r.request = 0;
        if (r.kind == Codes.DecisionKind.CONDITIONALLY_RELEASE) r.limitAt = uint40(block.timestamp + 9 days);
        if (r.kind == Codes.DecisionKind.AMEND) r.commitment = _unique();
        if (_random(8) == 0) r.scope = _unique();
        if (_random(8) == 0) r.reason = uint32(Codes.REASON_OVERRIDE);
        bool corrects = r.kind == Codes.DecisionKind.REINSTATE;
        if (corrects || _random(8) == 0) (r.supersedes, d.proof) = _superseding(id);
        if (corrects) r.scope = 0;
        bytes memory relied = _reliedBy(id, r.kind);
        if (relied.length != 0) (r.reliance, d.proof) = (keccak256(relied), bytes.concat(d.proof, relied));
        (d.recordType, d.body, d.signer) = (Records.DECISION, abi.encode(r), _key(r.administration));
    }

    /// @dev Mostly one that the lifecycle allows now, so that histories grow long.
    function _likelyKind(State state) private returns (uint256 kind) {
        if (!Lifecycle.isLive(state.status()) && _random(2) == 0) return Codes.DecisionKind.REINSTATE;
        for (uint256 i = 0; i < 6; ++i) {
            kind = 1 + _random(Codes.MAX_DECISION_KIND);
            uint256 ruling = kind == Codes.DecisionKind.REINSTATE ? 2 : 0;
            (uint256 outcome,,) = Lifecycle.rowOf(kind).decide(state.status(), state.flags(), ruling);
            if (outcome == Codes.Outcome.RECORDED) return kind;
        }
    }

    function _superseding(bytes32 id) private returns (bytes32 target, bytes memory proof) {
        bytes32[2][] storage all = _stories[id].steps;
        uint256 from = _random(all.length);
        bytes32[2][] memory steps = new bytes32[2][](all.length - from);
        for (uint256 i = 0; i < steps.length; ++i) {
            steps[i] = all[from + i];
        }
        return (steps[0][1], abi.encode(Head.unwrap(_stories[id].befores[from]), steps));
    }

    function _controlsGoods() private returns (Draft memory d) {
        bytes32 id = _anyId();
        Records.Control memory r = _control(id);
        r.administration = _stories[id].state.administration();
        r.sealState = uint8(_random(Codes.MAX_SEAL_STATE + 1));
        r.validUntil += uint40(_random(30 days));
        if (_random(6) == 0) (r.supersedes, d.proof) = _superseding(id);
        (d.recordType, d.body, d.signer) = (Records.CONTROL, abi.encode(r), _key(r.administration));
    }

    function _holds() private returns (Draft memory) {
        bytes32 id = _anyId();
        bool open = _held[id][AGENCY];
        Records.Hold memory r = _hold(id, open ? Codes.HoldAction.LIFT : Codes.HoldAction.SET);
        return Draft(Records.HOLD, abi.encode(r), _key(AGENCY), 0, "");
    }

    function _erases() private returns (Draft memory) {
        bytes32 id = _anyId();
        State state = _stories[id].state;
        Records.Erasure memory r = _erasure(id);
        r.version = uint16(1 + _random(state.version()));
        r.declarant = state.declarant();
        uint256 which = _random(4);
        if (which == 0) r.agent = AGENT;
        if (which > 1 || r.declarant == 0) {
            (r.declarant, r.agent, r.administration) = (0, 0, state.administration());
            r.cause = uint8(1 + _random(Codes.MAX_ERASURE_CAUSE));
        }
        uint32 author = r.administration != 0 ? r.administration : r.agent != 0 ? r.agent : r.declarant;
        return Draft(Records.ERASURE, abi.encode(r), _key(author), 0, "");
    }

    // -- founders and council

    function _participates(uint256 which) private returns (Draft memory) {
        if (which == 15) {
            Records.Grant memory r = _grantOf(_random(2) == 0 ? OPERATOR : OTHER, AGENT);
            return Draft(Records.GRANT, abi.encode(r), _key(r.declarant), 0, "");
        }
        if (which == 16) {
            Records.OperatorStatus memory r = _standing(B, OTHER, 1 + _random(2));
            return Draft(Records.OPERATOR_STATUS, abi.encode(r), _manager(B, 1), 0, "");
        }
        if (which == 17) {
            Records.KeyAuthorisation memory r = _keyRecord(B, vm.addr(_key(B)), Codes.KeyAction.SHORTEN);
            r.notAfter = uint40(block.timestamp + 1 + _random(3 days));
            return Draft(Records.KEY_AUTHORISATION, abi.encode(r), _manager(B, 1), 0, "");
        }
        if (which == 18) {
            bytes32 head = participants.organisationHead(B);
            bytes memory body =
                abi.encode(Records.AdministrationSetting(B, head, uint32(_random(7 days)), _soon()));
            return Draft(Records.ADMINISTRATION_SETTING, body, _manager(B, 2), 0, "");
        }
        if (which == 21) {
            uint16 who = _random(2) == 0 ? A : B;
            return
                Draft(Records.ENCRYPTION_KEY, abi.encode(_encryptionKey(who)), _manager(who, 1), 0, _mlkem());
        }
        return _suspendsOrReinstates();
    }

    function _suspendsOrReinstates() private view returns (Draft memory d) {
        bool active = participants.organisation(B).nextStatus == Codes.OrganisationStatus.ACTIVE;
        Records.Admission memory r;
        r.administration = B;
        r.action = uint8(active ? Codes.AdmissionAction.SUSPEND : Codes.AdmissionAction.REINSTATE);
        r.councilHead = participants.councilHead();
        (r.effectiveAt, r.deadline) = (uint40(block.timestamp), _soon());
        (d.recordType, d.body, d.signer) = (Records.ADMISSION, abi.encode(r), _manager(A, 1));
        bytes[] memory approvals = new bytes[](1);
        approvals[0] = _sign(_manager(C, 1), _digest(d.recordType, d.body));
        d.proof = abi.encode(approvals, new bytes[](0));
    }

    // -- what spoils a record

    function _spoilt(Draft memory d) private returns (Records.Entry memory entry) {
        uint256 how = _random(12);
        if (how == 0 && _drawer.length != 0) {
            return abi.decode(_drawer[_random(_drawer.length)], (Records.Entry));
        }
        if (how == 1) d.signer = _stranger();
        if (how == 2) d.signer = _key(C);
        if (how == 3) d.signer = _manager(_random(2) == 0 ? A : B, 1);
        if (how == 4) d.body = bytes.concat(d.body, hex"00");
        if (how == 5) _overwrite(d.body, 1 + _random(3), uint256(keccak256(d.body)));
        if (how == 6) _overwrite(d.body, d.body.length / 32 - 1, block.timestamp - 1);
        if (how == 7) _overwrite(d.body, _random(d.body.length / 32), _random(300));
        if (how == 8) (d.prover, d.proof) = (0, _garbage());
        entry = _signed(d);
        if (how == 9) entry.signature = _garbage();
        if (how == 10) entry.recordType = uint8(_random(256));
        if (how == 11) entry.body[_random(entry.body.length)] ^= 0x01;
    }

    function _garbage() private returns (bytes memory garbage) {
        garbage = new bytes(_random(3) == 0 ? 65 : _random(400));
        for (uint256 i = 0; i < garbage.length; i += 32) {
            bytes32 word = bytes32(_random(type(uint256).max));
            for (uint256 j = i; j < garbage.length && j < i + 32; ++j) {
                garbage[j] = word[j - i];
            }
        }
    }

    function _overwrite(bytes memory body, uint256 field, uint256 word) private pure {
        if (body.length < (field + 1) * 32) revert Impossible("a field beyond the body");
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(add(add(body, 0x20), shl(5, field)), word)
        }
    }

    /// @dev Mostly one of a few, so that their histories grow long.
    function _anyId() internal override returns (bytes32) {
        if (_joiners.length != 0 && _random(2) == 0) return _joiners[_random(_joiners.length)];
        bool few = _ids.length > FAVOURITES && _random(8) != 0;
        return _ids[_random(few ? FAVOURITES : _ids.length)];
    }
}

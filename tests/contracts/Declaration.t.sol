// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AdmissionAction,
    FLAG_JOINED,
    FLAG_RECEIVED_OUTSIDE,
    OrganisationStatus,
    Outcome,
    Stage,
    Status
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice Declaration.tree
contract DeclarationTest is World {
    uint16 private constant LATER = 4;

    function test_AnOpener() external {
        Records.Declaration memory r = _declaration();
        bytes32 id = _record(_of(r));
        (bytes32 settled, uint256 state) = consignments.declaration(id);
        _equal(settled, keccak256(abi.encode(bytes32(0), bytes32(0), id)), "settled head");
        _equal(uint8(state), Status.LODGED, "status");
        _equal((state >> 8) & 0xf, 1, "leg");
        _equal((state >> 12) & 0xf, 9, "regime");
        _equal(uint16(state >> 16), A, "administration");
        _equal(uint32(state >> 32), OPERATOR, "declarant");
        _equal(uint16(state >> 64), 1, "version");
        _equal(uint16(state >> 80), 0, "flags");
        _equal(state >> 96, uint160(r.joinKey), "anchor");
        (bytes32 head, address joinKey) = consignments.consignment(id);
        _true(head == id && joinKey == r.joinKey, "its consignment");
    }

    function test_AJoiner() external {
        bytes32 opener = _lodged();
        bytes32 first = _record(_of(_joiner(opener)));
        bytes32 second = _record(_of(_joiner(opener)));
        uint256 state = _state(first);
        _equal(uint16(state >> 80), FLAG_JOINED, "flags");
        _equal(state >> 96, uint160(bytes20(opener)), "anchor");
        (bytes32 head,) = consignments.consignment(opener);
        bytes32 afterFirst = keccak256(abi.encode(opener, first));
        _equal(head, keccak256(abi.encode(afterFirst, second)), "head");
        (head,) = consignments.consignment(first);
        _equal(head, 0, "a joiner opens none");
    }

    function test_TheFirstStatusFollowsTheStage() external {
        Records.Declaration memory r = _outside(A);
        r.stage = uint8(Stage.PRE_LODGED);
        _equal(uint8(_state(_record(_of(r)))), Status.PRE_LODGED, "pre-lodged");
        r.stage = uint8(Stage.SUPPLEMENTARY);
        _equal(uint8(_state(_record(_of(r)))), Status.LODGED, "supplementary");
        r.stage = uint8(Stage.REPORTED);
        bytes32 id = _record(_of(r));
        _equal(uint8(_state(id)), Status.REPORTED, "reported");
        _equal(uint16(_state(id) >> 80), FLAG_RECEIVED_OUTSIDE, "received outside");
    }

    function test_CodesOutsideTheirLists() external {
        Records.Declaration memory r = _declaration();
        r.leg = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.leg = 4;
        _refused(_of(r), Outcome.MALFORMED);
        r.leg = 3;
        r.regime = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.regime = 10;
        _refused(_of(r), Outcome.MALFORMED);
        r.regime = 1;
        r.stage = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.stage = 5;
        _refused(_of(r), Outcome.MALFORMED);
        r.stage = 1;
        r.link = keccak256("link");
        r.linkKind = 7;
        _refused(_of(r), Outcome.MALFORMED);
        r.link = 0;
        r.linkKind = 0;
        _record(_of(r));
    }

    function test_CombinationsThatMakeNoSense() external {
        Records.Declaration memory r = _declaration();
        r.joinKey = address(0);
        _refused(_of(r), Outcome.MALFORMED);
        r = _joiner(_lodged());
        r.joinKey = address(1);
        _refused(_of(r), Outcome.MALFORMED);
        r = _declaration();
        r.link = keccak256("link");
        _refused(_of(r), Outcome.MALFORMED);
        r = _declaration();
        r.linkKind = 1;
        _refused(_of(r), Outcome.MALFORMED);
        r = _declaration();
        r.commitment = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _declaration();
        r.schema = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _declaration();
        r.stage = uint8(Stage.REPORTED);
        _refused(_of(r), Outcome.MALFORMED);
        r = _declaration();
        r.declarant = 0;
        r.agent = AGENT;
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_AnAdministrationsIdIsNoDeclarant() external {
        Records.Declaration memory r = _declaration();
        r.declarant = A;
        _refused(_of(r), Outcome.KEY_PURPOSE);
        r.declarant = AGENCY;
        _refused(_of(r), Outcome.KEY_PURPOSE);
    }

    function test_TheAdministrationMustBeActive() external {
        Records.Declaration memory r = _declaration();
        r.administration = 9;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        r.administration = 0;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        _ruled(AdmissionAction.SUSPEND, B);
        r = _declaration();
        r.administration = B;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        _refused(_of(_outside(B)), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_ASuspendedOperatorDeclaresNothing() external {
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.SUSPENDED)));
        _record(_of(_declaration())); // effect one second after the block
        _pass();
        _refused(_of(_declaration()), Outcome.ORGANISATION_NOT_ACTIVE);
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.ACTIVE)));
        _pass();
        _record(_of(_declaration()));
    }

    function test_TheOperatorsOfAnExpelledAdministrationLodgeNothing() external {
        _ruled(AdmissionAction.EXPEL, B);
        Records.Declaration memory r = _declaration();
        r.declarant = OTHER;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    /// @dev Whichever administration they address, also one that was admitted afterwards.
    function test_TheOperatorsOfAnExpelledAdministrationLodgeNothingElsewhere() external {
        Records.Declaration memory r = _declaration();
        r.declarant = OTHER;
        _record(_of(r));
        _ruled(AdmissionAction.EXPEL, B);
        _record(_approved(_admission(AdmissionAction.ADMIT, LATER), _manager(A, 1), _one(_manager(C, 1))));
        _pass();
        r.administration = C;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        r.administration = LATER;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        r.declarant = OPERATOR;
        _record(_of(r));
    }

    function test_TheOperatorsOfASuspendedAdministrationLodgeElsewhere() external {
        _ruled(AdmissionAction.SUSPEND, B);
        Records.Declaration memory r = _declaration();
        r.declarant = OTHER;
        _record(_of(r));
    }

    function test_JoiningNeedsAnOpener() external {
        _refused(_of(_joiner(keccak256("nothing"))), Outcome.UNKNOWN_CONSIGNMENT);
        bytes32 joined = _record(_of(_joiner(_lodged())));
        _refused(_of(_joiner(joined)), Outcome.UNKNOWN_CONSIGNMENT);
    }

    function test_JoiningNeedsTheTicket() external {
        Records.Entry memory entry = _of(_joiner(_lodged()));
        entry.proof = _sign(_stranger(), _digest(entry));
        _refused(entry, Outcome.JOIN_NOT_PROVEN);
        entry.proof = entry.signature;
        _refused(entry, Outcome.JOIN_NOT_PROVEN);
        entry.proof = "";
        _refused(entry, Outcome.JOIN_NOT_PROVEN);
        entry.proof = bytes.concat(_sign(_joinKey(), _digest(entry)), hex"00");
        _refused(entry, Outcome.JOIN_NOT_PROVEN);
        entry.proof = _sign(_joinKey(), _digest(_of(_declaration())));
        _refused(entry, Outcome.JOIN_NOT_PROVEN);
    }

    function test_ALinkNamesADeclaration() external {
        Records.Declaration memory r = _declaration();
        r.link = keccak256("nothing");
        r.linkKind = 1;
        _refused(_of(r), Outcome.UNKNOWN_LINK);
        r.link = _lodged();
        _record(_of(r));
    }

    function test_AnAgentNeedsAMandate() external {
        Records.Declaration memory r = _declaration();
        r.agent = AGENT;
        _refused(_of(r), Outcome.MANDATE_MISSING);
        Records.Grant memory g = _grantOf(OPERATOR, AGENT);
        g.legs = 6;
        _record(_of(g));
        _refused(_of(r), Outcome.MANDATE_MISSING);
        g = _grantOf(OPERATOR, AGENT);
        g.administration = B;
        _record(_of(g));
        _refused(_of(r), Outcome.MANDATE_MISSING);
        g = _grantOf(OPERATOR, AGENT);
        g.validFrom = uint40(block.timestamp + 1);
        _record(_of(g));
        _refused(_of(r), Outcome.MANDATE_MISSING);
        _pass();
        _record(_of(r));
        vm.warp(g.validUntil - 1);
        r = _declaration();
        r.agent = AGENT;
        Records.Entry memory last = _of(r);
        _pass();
        _refused(last, Outcome.MANDATE_MISSING);
    }

    function test_ASuspendedDeclarantDoesNotGoOnThroughItsAgent() external {
        _record(_of(_grantOf(OPERATOR, AGENT)));
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.SUSPENDED)));
        _pass();
        Records.Declaration memory r = _declaration();
        r.agent = AGENT;
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_TheEffectLiesWithinTheAdministrationsBounds() external {
        Records.Declaration memory r = _declaration();
        r.effectiveAt = uint40(block.timestamp + 5 minutes);
        _record(_of(r));
        r.effectiveAt += 1;
        _refused(_of(r), Outcome.EFFECTIVE_TOO_LATE);
        r.effectiveAt = uint40(block.timestamp - 72 hours);
        _record(_of(r));
        r.effectiveAt -= 1;
        _refused(_of(r), Outcome.EFFECTIVE_TOO_EARLY);
        _record(_of(_setting(A, 73 hours)));
        _refused(_of(r), Outcome.EFFECTIVE_TOO_EARLY);
        _pass();
        _record(_of(r));
        _record(_of(_setting(A, type(uint32).max)));
        _pass();
        r.effectiveAt = uint40(block.timestamp - (50 * 365 days));
        _record(_of(r));
    }
}

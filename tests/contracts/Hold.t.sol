// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AdmissionAction,
    DecisionKind,
    FLAG_AGENCY,
    FLAG_OVERRIDDEN,
    HoldAction,
    OrganisationKind,
    OrganisationStatus,
    Outcome,
    PURPOSE_HOLD,
    REASON_OVERRIDE
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {World} from "./World.sol";

/// @notice Hold.tree
contract HoldTest is World {
    uint32 private constant SECOND = 80_002;

    function test_SetAndLift() external {
        bytes32 id = _lodged();
        bytes32 settled = _settled(id);
        bytes32 set = _record(_of(_hold(id, HoldAction.SET)));
        (bytes32 after_,, bytes32 holds,) = consignments.heads(id);
        _equal(after_, settled, "the settled head stays");
        _equal(holds, keccak256(abi.encode(bytes32(0), set)), "hold head");
        _true(consignments.holdOpen(id, AGENCY) && consignments.openHolds(id) == 1, "open");
        _equal(uint16(_state(id) >> 80), FLAG_AGENCY, "flag");
        _record(_of(_hold(id, HoldAction.LIFT)));
        _true(!consignments.holdOpen(id, AGENCY) && consignments.openHolds(id) == 0, "closed");
        _equal(uint16(_state(id) >> 80), 0, "no flag");
    }

    function test_TheLastLiftClearsTheFlags() external {
        _record(_admit(A, SECOND, OrganisationKind.AGENCY, PURPOSE_HOLD));
        _pass();
        bytes32 id = _accepted();
        _record(_of(_hold(id, HoldAction.SET)));
        Records.Decision memory d = _decision(id, DecisionKind.RELEASE);
        d.reason = uint32(REASON_OVERRIDE);
        _record(_of(d));
        _equal(uint16(_state(id) >> 80), FLAG_AGENCY | FLAG_OVERRIDDEN, "overridden");
        Records.Hold memory r = _hold(id, HoldAction.SET);
        r.agency = SECOND;
        _record(_of(r));
        _equal(uint16(_state(id) >> 80), FLAG_AGENCY, "a new hold asks for a new override");
        _record(_of(_hold(id, HoldAction.LIFT)));
        _equal(uint16(_state(id) >> 80), FLAG_AGENCY, "one is still open");
        r = _hold(id, HoldAction.LIFT);
        r.agency = SECOND;
        _record(_of(r));
        _equal(uint16(_state(id) >> 80), 0, "none is open");
    }

    function test_Malformed() external {
        Records.Hold memory r = _hold(_lodged(), 0);
        _refused(_of(r), Outcome.MALFORMED);
        r.action = 3;
        _refused(_of(r), Outcome.MALFORMED);
        r.action = 1;
        r.reason = 10;
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_OnceOpenOnceClosed() external {
        bytes32 id = _lodged();
        _refused(_of(_hold(id, HoldAction.LIFT)), Outcome.HOLD_NOT_OPEN);
        _record(_of(_hold(id, HoldAction.SET)));
        _refused(_of(_hold(id, HoldAction.SET)), Outcome.HOLD_ALREADY_OPEN);
    }

    function test_OnTheHoldHeadOfALiveDeclaration() external {
        bytes32 id = _lodged();
        _refused(_of(_hold(keccak256("nothing"), HoldAction.SET)), Outcome.UNKNOWN_DECLARATION);
        Records.Hold memory r = _hold(id, HoldAction.SET);
        r.prev = keccak256("another");
        _refused(_of(r), Outcome.STALE_HEAD);
        _record(_of(_decision(id, DecisionKind.REJECT)));
        _refused(_of(_hold(id, HoldAction.SET)), Outcome.TRANSITION_NOT_ALLOWED);
    }

    function test_ByAnAgencyOfTheAdministration() external {
        bytes32 id = _record(_of(_outside(B)));
        _refused(_of(_hold(id, HoldAction.SET)), Outcome.NOT_COMPETENT);
        id = _lodged();
        Records.Hold memory r = _hold(id, HoldAction.SET);
        r.agency = OPERATOR;
        _refused(_of(r), Outcome.KEY_PURPOSE);
        _record(_of(_standing(A, AGENCY, OrganisationStatus.SUSPENDED)));
        _pass();
        _refused(_of(_hold(id, HoldAction.SET)), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_ByAnAgencyOfThePredecessorOrTheSuccessor() external {
        bytes32 id = _lodged();
        Records.Admission memory s = _admission(AdmissionAction.SUCCEED, 9);
        s.predecessor = A;
        s.country = "AA";
        _record(_approved(s, _manager(A, 1), new uint256[](0)));
        _pass();
        _record(_of(_hold(id, HoldAction.SET)));
        _record(_admit(9, SECOND, OrganisationKind.AGENCY, PURPOSE_HOLD));
        _pass();
        Records.Hold memory r = _hold(id, HoldAction.SET);
        r.agency = SECOND;
        _record(_of(r));
        _equal(consignments.openHolds(id), 2, "both");
    }
}

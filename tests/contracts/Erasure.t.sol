// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AdmissionAction,
    DecisionKind,
    ErasureCause,
    OrganisationStatus,
    Outcome
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice Erasure.tree: what tells erasure from loss.
contract ErasureTest is World {
    function test_ByTheDeclarant() external {
        bytes32 id = _accepted();
        (bytes32 settled, bytes32 request, bytes32 holds, bytes32 publicHead) = consignments.heads(id);
        uint256 state = _state(id);
        _equal(consignments.erasure(id, 1), 0, "not yet");
        bytes32 digest = _record(_of(_erasure(id)));
        _equal(consignments.erasure(id, 1), digest, "erased");
        (bytes32 settledNow, bytes32 requestNow, bytes32 holdsNow, bytes32 publicNow) = consignments.heads(id);
        _true(settledNow == settled && requestNow == request && holdsNow == holds, "no head moves");
        _equal(publicNow, publicHead, "nor the public one");
        _equal(_state(id), state, "nor the state");
    }

    function test_ByTheAgentWithAMandate() external {
        bytes32 id = _lodged();
        Records.Erasure memory r = _erasure(id);
        r.agent = AGENT;
        _refused(_of(r), Outcome.MANDATE_MISSING);
        _record(_of(_grantOf(OPERATOR, AGENT)));
        _record(_of(r));
    }

    function test_ByTheAdministration() external {
        bytes32 id = _lodged();
        Records.Erasure memory r = _order(id, B);
        _refused(_of(r), Outcome.NOT_COMPETENT);
        _record(_of(_order(id, A)));
        id = _record(_of(_outside(A)));
        _refused(_of(_erasure(id)), Outcome.NOT_COMPETENT);
        r = _order(id, A);
        r.cause = uint8(ErasureCause.RETENTION_ENDED);
        _record(_of(r));
    }

    function test_ByTheSuccessor() external {
        bytes32 id = _lodged();
        Records.Admission memory s = _admission(AdmissionAction.SUCCEED, 9);
        s.predecessor = A;
        s.country = "AA";
        _record(_approved(s, _manager(A, 1), new uint256[](0)));
        _pass();
        Records.KeyAuthorisation memory k = _authorisation(9, vm.addr(_key(9)), 2);
        _record(_proven(Records.KEY_AUTHORISATION, abi.encode(k), _manager(9, 1), _key(9)));
        _pass();
        _record(_of(_order(id, 9)));
    }

    function test_OncePerVersion() external {
        bytes32 id = _accepted();
        Records.Decision memory d = _decision(id, DecisionKind.AMEND);
        d.commitment = keccak256("second");
        _record(_of(d));
        _record(_of(_erasure(id)));
        _refused(_of(_order(id, A)), Outcome.ALREADY_ERASED);
        Records.Erasure memory r = _erasure(id);
        r.version = 2;
        _record(_of(r));
        r.version = 3;
        _refused(_of(r), Outcome.UNKNOWN_VERSION);
        r.version = 0;
        _refused(_of(r), Outcome.UNKNOWN_VERSION);
    }

    function test_InEveryStatus() external {
        bytes32 id = _lodged();
        _record(_of(_decision(id, DecisionKind.REJECT)));
        _record(_of(_erasure(id)));
    }

    function test_Malformed() external {
        bytes32 id = _lodged();
        Records.Erasure memory r = _erasure(id);
        r.commitment = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _erasure(id);
        r.cause = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.cause = 4;
        _refused(_of(r), Outcome.MALFORMED);
        r.cause = uint8(ErasureCause.ORDERED); // only an administration orders
        _refused(_of(r), Outcome.MALFORMED);
        r = _order(id, A);
        r.declarant = OPERATOR;
        _refused(_of(r), Outcome.MALFORMED);
        (r.declarant, r.agent) = (0, AGENT);
        _refused(_of(r), Outcome.MALFORMED);
        r = _erasure(id);
        (r.declarant, r.agent) = (0, AGENT);
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_OfADeclarationOfItsOwn() external {
        _refused(_of(_erasure(keccak256("nothing"))), Outcome.UNKNOWN_DECLARATION);
        Records.Erasure memory r = _erasure(_lodged());
        r.declarant = AGENT;
        _refused(_of(r), Outcome.NOT_COMPETENT);
    }

    function test_ByKeysThatMay() external {
        bytes32 id = _lodged();
        Records.Erasure memory r = _erasure(id);
        r.declarant = AGENCY;
        _refused(_of(r), Outcome.KEY_PURPOSE);
        Records.KeyAuthorisation memory k = _authorisation(A, vm.addr(_stranger()), 2);
        k.office = 7;
        _record(_proven(Records.KEY_AUTHORISATION, abi.encode(k), _manager(A, 1), _stranger()));
        _pass();
        _refused(_entry(Records.ERASURE, abi.encode(_order(id, A)), _stranger()), Outcome.KEY_PURPOSE);
    }

    function test_WhoMayAct() external {
        bytes32 id = _lodged();
        bytes32 other = _lodged();
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.SUSPENDED)));
        _pass();
        _refused(_of(_erasure(id)), Outcome.ORGANISATION_NOT_ACTIVE);
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.ACTIVE)));
        _ruled(AdmissionAction.SUSPEND, A);
        _record(_of(_order(id, A))); // it finishes what is open
        _record(_approved(_admission(AdmissionAction.EXPEL, A), _manager(B, 1), _one(_manager(C, 1))));
        _pass();
        _refused(_of(_order(other, A)), Outcome.ORGANISATION_NOT_ACTIVE);
        _record(_of(_erasure(other))); // what is its own, also then
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {
    AdmissionAction,
    DecisionKind,
    OrganisationStatus,
    Outcome,
    Pending
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {World} from "./World.sol";

/// @notice Request.tree: amendment and invalidation requests, presentation notices.
contract RequestTest is World {
    function test_TakesThePendingSlot() external {
        _pends(_of(_amendment(_lodged())), Pending.AMENDMENT);
        _pends(_of(_invalidation(_lodged())), Pending.INVALIDATION);
        _pends(_of(_presentation(_lodged())), Pending.PRESENTATION);
    }

    function test_OnlyOneIsPending() external {
        bytes32 id = _lodged();
        _record(_of(_amendment(id)));
        _refused(_of(_amendment(id)), Outcome.REQUEST_PENDING);
        _refused(_of(_invalidation(id)), Outcome.REQUEST_PENDING);
        _refused(_of(_presentation(id)), Outcome.REQUEST_PENDING);
        _record(_of(_decision(id, DecisionKind.REFUSE_REQUEST)));
        _record(_of(_invalidation(id)));
    }

    function test_TheDeclarationExists() external {
        _refused(_of(_amendment(keccak256("nothing"))), Outcome.UNKNOWN_DECLARATION);
        _refused(_of(_invalidation(keccak256("nothing"))), Outcome.UNKNOWN_DECLARATION);
        _refused(_of(_presentation(keccak256("nothing"))), Outcome.UNKNOWN_DECLARATION);
    }

    function test_ByItsDeclarantAlone() external {
        bytes32 id = _lodged();
        Records.AmendmentRequest memory r = _amendment(id);
        r.declarant = OTHER;
        _refused(_of(r), Outcome.NOT_COMPETENT);
        Records.InvalidationRequest memory i = _invalidation(_record(_of(_outside(A))));
        _refused(_of(i), Outcome.NOT_COMPETENT);
    }

    function test_ByAnAgentWithAMandate() external {
        bytes32 id = _lodged();
        Records.AmendmentRequest memory r = _amendment(id);
        r.agent = AGENT;
        _refused(_of(r), Outcome.MANDATE_MISSING);
        _record(_of(_grantOf(OPERATOR, AGENT)));
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.SUSPENDED)));
        _pass();
        _refused(_of(r), Outcome.ORGANISATION_NOT_ACTIVE);
        _record(_of(_standing(A, OPERATOR, OrganisationStatus.ACTIVE)));
        _pass();
        _record(_of(r));
    }

    function test_OnTheSettledHead() external {
        bytes32 id = _lodged();
        Records.AmendmentRequest memory r = _amendment(id);
        _record(_of(_decision(id, DecisionKind.ACCEPT)));
        _refused(_of(r), Outcome.STALE_HEAD);
    }

    function test_OfALiveDeclaration() external {
        bytes32 id = _lodged();
        _record(_of(_decision(id, DecisionKind.REJECT)));
        _refused(_of(_amendment(id)), Outcome.TRANSITION_NOT_ALLOWED);
        _refused(_of(_invalidation(id)), Outcome.TRANSITION_NOT_ALLOWED);
        _refused(_of(_presentation(id)), Outcome.TRANSITION_NOT_ALLOWED);
    }

    function test_Malformed() external {
        bytes32 id = _lodged();
        Records.AmendmentRequest memory r = _amendment(id);
        r.commitment = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _amendment(id);
        r.schema = 0;
        _refused(_of(r), Outcome.MALFORMED);
        Records.InvalidationRequest memory i = _invalidation(id);
        i.reason = 10;
        _refused(_of(i), Outcome.MALFORMED);
        Records.PresentationNotice memory p = _presentation(id);
        p.declarant = 0;
        p.agent = AGENT;
        _refused(_of(p), Outcome.MALFORMED);
    }

    function test_APresentationHasAnEffect() external {
        Records.PresentationNotice memory r = _presentation(_lodged());
        r.effectiveAt = uint40(block.timestamp + 5 minutes + 1);
        _refused(_of(r), Outcome.EFFECTIVE_TOO_LATE);
        r.effectiveAt = uint40(block.timestamp - 72 hours - 1);
        _refused(_of(r), Outcome.EFFECTIVE_TOO_EARLY);
    }

    function test_UnderAnExpelledAdministrationOnlyWithdrawalAndCorrection() external {
        Records.Declaration memory d = _declaration();
        d.declarant = OTHER;
        bytes32 id = _record(_of(d));
        bytes32 second = _record(_of(_withSchema(d, "another")));
        bytes32 third = _record(_of(_withSchema(d, "a third")));
        _record(_of(_grantOf(OTHER, AGENT)));
        _ruled(AdmissionAction.EXPEL, B);
        Records.PresentationNotice memory p = _presentation(id);
        p.declarant = OTHER;
        _refused(_of(p), Outcome.ORGANISATION_NOT_ACTIVE);
        p.agent = AGENT;
        _refused(_of(p), Outcome.ORGANISATION_NOT_ACTIVE);
        Records.AmendmentRequest memory r = _amendment(id);
        r.declarant = OTHER;
        _record(_of(r));
        Records.InvalidationRequest memory i = _invalidation(second);
        i.declarant = OTHER;
        _record(_of(i));
        i = _invalidation(third);
        i.declarant = OTHER;
        i.agent = AGENT;
        _record(_of(i));
    }

    function _withSchema(Records.Declaration memory r, string memory schema)
        private
        pure
        returns (Records.Declaration memory)
    {
        r.schema = keccak256(bytes(schema));
        return r;
    }

    function _pends(Records.Entry memory entry, uint256 pending) private {
        bytes32 id = bytes32(entry.body);
        bytes32 before = _settled(id);
        bytes32 digest = _record(entry);
        (bytes32 settled, bytes32 request,, bytes32 publicHead) = consignments.heads(id);
        _equal(settled, before, "the settled head stays");
        _equal(request, digest, "request");
        _equal(publicHead, keccak256(abi.encode(settled, digest, bytes32(0))), "public head");
        _equal((_state(id) >> 90) & 3, pending, "pending");
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import {
    AdmissionAction,
    AeoStanding,
    AssistanceAction,
    Outcome,
    PURPOSE_DECIDE
} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Recognised} from "./Recognised.sol";
import {vm} from "./Vm.sol";

/// @notice Assistance.tree: AEO status, requests of mutual assistance and their answers.
contract AssistanceTest is Recognised {
    function test_AGrantOfAeoStatusAndItsEnd() external {
        bytes32 granted = _record(_of(_aeo(OPERATOR)));
        IRecognitions.AeoGrant memory aeo = recognitions.aeo(granted);
        _equal(aeo.administration, A, "home");
        _equal(aeo.operator, OPERATOR, "operator");
        _equal(aeo.endedFrom, 0, "not ended");
        _untraced(_of(_aeo(OPERATOR)), Outcome.ALREADY_RECORDED);
        Records.AeoStatus memory later = _ended(granted, AeoStanding.SUSPENDED, block.timestamp + 1 days);
        _record(_of(later));
        _equal(recognitions.aeo(granted).endedFrom, block.timestamp + 1 days, "ended");
        _untraced(_of(later), Outcome.ALREADY_RECORDED);
        _record(_of(_ended(granted, AeoStanding.WITHDRAWN, block.timestamp - 1 hours)));
        _equal(recognitions.aeo(granted).endedFrom, block.timestamp - 1 hours, "earlier");
        _refused(_of(later), Outcome.TRANSITION_NOT_ALLOWED); // never later again
    }

    function test_AeoStatusAgainstTheRules() external {
        Records.AeoStatus memory r = _aeo(OPERATOR);
        r.status = 4;
        _refused(_of(r), Outcome.MALFORMED);
        r = _aeo(OPERATOR);
        r.validUntil = r.validFrom;
        _refused(_of(r), Outcome.MALFORMED);
        r = _aeo(OPERATOR);
        r.grant = keccak256("nothing");
        _refused(_of(r), Outcome.MALFORMED);
        r.status = uint8(AeoStanding.WITHDRAWN);
        _refused(_of(r), Outcome.MALFORMED); // an end has no end
        r.validUntil = 0;
        _refused(_of(r), Outcome.AEO_NOT_VALID);
        r.grant = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _aeo(OPERATOR);
        r.validFrom = 0;
        _refused(_of(r), Outcome.MALFORMED);
        _refused(_of(_aeo(99_999)), Outcome.UNKNOWN_ORGANISATION);
        _refused(_of(_aeo(AGENCY)), Outcome.UNKNOWN_ORGANISATION);
        _refused(_of(_aeo(OTHER)), Outcome.NOT_COMPETENT);
        bytes32 granted = _record(_of(_aeo(OPERATOR)));
        r = _ended(granted, AeoStanding.WITHDRAWN, block.timestamp - 72 hours - 1);
        _refused(_of(r), Outcome.EFFECTIVE_TOO_EARLY);
        r = _ended(granted, AeoStanding.WITHDRAWN, block.timestamp);
        r.operator = AGENT;
        _refused(_of(r), Outcome.AEO_NOT_VALID);
        _refused(_entry(Records.AEO_STATUS, abi.encode(_aeo(AGENT)), _manager(A, 1)), Outcome.KEY_PURPOSE);
        _ruled(AdmissionAction.EXPEL, A);
        _refused(_of(_aeo(AGENT)), Outcome.ORGANISATION_NOT_ACTIVE);
    }

    function test_ARequestAndItsAnswer() external {
        Records.Assistance memory asked = _asked();
        bytes32 request = _record(_of(asked));
        _untraced(_of(asked), Outcome.ALREADY_RECORDED);
        _equal(recognitions.assistance(request).answeredAt, 0, "open");
        vm.warp(block.timestamp + 31 days); // late, and visibly so
        Records.Assistance memory answered = _answered(request);
        bytes32 answer = _record(_of(answered));
        IRecognitions.AssistanceRequest memory found = recognitions.assistance(request);
        _equal(found.answer, answer, "answer");
        _true(found.answeredAt > found.dueAt, "late");
        _untraced(_of(answered), Outcome.ALREADY_RECORDED);
        _refused(_of(_answered(request)), Outcome.ALREADY_ANSWERED);
    }

    function test_ARequestIsRefusedWithAReason() external {
        bytes32 request = _record(_of(_asked()));
        Records.Assistance memory r = _answered(request);
        r.action = uint8(AssistanceAction.REFUSAL);
        _refused(_of(r), Outcome.MALFORMED);
        (r.commitment, r.reason) = (0, 3);
        _record(_of(r));
    }

    function test_ARequestAgainstTheRules() external {
        Records.Assistance memory r = _asked();
        r.addressee = B;
        _refused(_of(r), Outcome.MALFORMED);
        r.addressee = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _asked();
        (r.action) = 4;
        _refused(_of(r), Outcome.MALFORMED);
        r = _asked();
        r.kind = 5;
        _refused(_of(r), Outcome.MALFORMED);
        r = _asked();
        r.reason = 10;
        _refused(_of(r), Outcome.MALFORMED);
        r = _asked();
        r.commitment = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _asked();
        r.request = keccak256("nothing");
        _refused(_of(r), Outcome.MALFORMED);
        r = _asked();
        r.consignment = imported; // joined, did not open
        _refused(_of(r), Outcome.UNKNOWN_CONSIGNMENT);
        r = _asked();
        r.dueAt = uint40(block.timestamp);
        _refused(_of(r), Outcome.LIMIT_INVALID);
        r = _asked();
        r.addressee = 99;
        _refused(_of(r), Outcome.UNKNOWN_ORGANISATION);
        r = _asked();
        _ruled(AdmissionAction.EXPEL, A);
        _refused(_of(r), Outcome.UNKNOWN_ORGANISATION);
    }

    function test_AnAnswerAgainstTheRules() external {
        bytes32 request = _record(_of(_asked()));
        Records.Assistance memory r = _answered(request);
        r.dueAt = 1;
        _refused(_of(r), Outcome.MALFORMED);
        r = _answered(keccak256("nothing"));
        _refused(_of(r), Outcome.UNKNOWN_REQUEST);
        r = _answered(request);
        r.administration = C;
        _refused(_of(r), Outcome.NOT_COMPETENT);
        r = _answered(request);
        r.addressee = C;
        _refused(_of(r), Outcome.UNKNOWN_REQUEST);
    }

    function test_AKeyOfOneOfficeNeitherAsksNorAnswers() external {
        Records.KeyAuthorisation memory k = _authorisation(B, vm.addr(_stranger()), PURPOSE_DECIDE);
        k.office = 7;
        _record(_proven(Records.KEY_AUTHORISATION, abi.encode(k), _manager(B, 1), _stranger()));
        _pass();
        _refused(_entry(Records.ASSISTANCE, abi.encode(_asked()), _stranger()), Outcome.KEY_PURPOSE);
    }

    function test_ASuspendedAdministrationAnswers() external {
        bytes32 request = _record(_of(_asked()));
        _ruled(AdmissionAction.SUSPEND, A);
        _record(_of(_answered(request)));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DecisionKind, Outcome} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {World} from "./World.sol";

/// @notice Control.tree
contract ControlTest is World {
    function test_MovesTheSettledHeadAndNothingElse() external {
        bytes32 id = _accepted();
        (bytes32 before, uint256 state) = consignments.declaration(id);
        bytes32 digest = _record(_of(_control(id)));
        _equal(_settled(id), keccak256(abi.encode(before, bytes32(0), digest)), "settled head");
        _equal(_state(id), state, "state");
    }

    function test_Malformed() external {
        bytes32 id = _accepted();
        Records.Control memory r = _control(id);
        r.method = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.method = 5;
        _refused(_of(r), Outcome.MALFORMED);
        r = _control(id);
        r.outcome = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.outcome = 5;
        _refused(_of(r), Outcome.MALFORMED);
        r = _control(id);
        r.risk = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.risk = 16;
        _refused(_of(r), Outcome.MALFORMED);
        r = _control(id);
        r.sealState = 4;
        _refused(_of(r), Outcome.MALFORMED);
        r = _control(id);
        r.validUntil = r.effectiveAt;
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_OfAVersionThatExists() external {
        bytes32 id = _accepted();
        Records.Control memory r = _control(id);
        r.version = 0;
        _refused(_of(r), Outcome.UNKNOWN_VERSION);
        r.version = 2;
        _refused(_of(r), Outcome.UNKNOWN_VERSION);
        Records.Decision memory d = _decision(id, DecisionKind.AMEND);
        d.commitment = keccak256("version");
        _record(_of(d));
        r.prev = _settled(id);
        _record(_of(r));
    }

    function test_ByTheAdministrationOfALiveDeclaration() external {
        bytes32 id = _lodged();
        _refused(_of(_control(keccak256("nothing"))), Outcome.UNKNOWN_DECLARATION);
        Records.Control memory r = _control(id);
        r.administration = B;
        _refused(_of(r), Outcome.NOT_COMPETENT);
        r = _control(id);
        _record(_of(_decision(id, DecisionKind.REJECT)));
        _refused(_of(r), Outcome.STALE_HEAD);
        _refused(_of(_control(id)), Outcome.TRANSITION_NOT_ALLOWED);
    }

    function test_TheEffectLiesWithinBounds() external {
        Records.Control memory r = _control(_accepted());
        r.effectiveAt = uint40(block.timestamp + 5 minutes + 1);
        _refused(_of(r), Outcome.EFFECTIVE_TOO_LATE);
        r.effectiveAt = uint40(block.timestamp - 72 hours - 1);
        _refused(_of(r), Outcome.EFFECTIVE_TOO_EARLY);
    }

    function test_SupersedesAControl() external {
        bytes32 id = _accepted();
        bytes32 before = _settled(id);
        bytes32 first = _record(_of(_control(id)));
        Records.Control memory r = _control(id);
        r.supersedes = first;
        Records.Entry memory entry = _of(r);
        _refused(entry, Outcome.SUPERSEDES_NOT_PROVEN);
        bytes32[2][] memory steps = new bytes32[2][](1);
        steps[0] = [bytes32(0), first];
        entry.proof = abi.encode(before, steps);
        _record(entry);
        _true(consignments.superseded(first), "superseded");
    }
}

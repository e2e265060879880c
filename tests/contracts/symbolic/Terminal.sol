// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DecisionKind, Outcome, Status} from "../../../contracts/types/Codes.sol";
import {Lifecycle} from "../../../contracts/types/Lifecycle.sol";
import {both, either} from "../../../contracts/types/Logic.sol";
import {cheats} from "./Symbols.sol";

/// @notice REJECTED, INVALIDATED, DESTROYED and CLOSED are left by REINSTATE alone, and only by superseding.
contract Terminal {
    function check_ATerminalStatusIsLeftByReinstatingAlone(
        uint256 kind,
        uint8 status,
        uint16 flags,
        uint8 ruling
    ) external pure {
        cheats.assume(both(kind != 0, kind <= DecisionKind.REASSESS));
        cheats.assume(both(both(status != 0, status <= Status.CLOSED), !Lifecycle.isLive(status)));
        (uint256 outcome, uint256 next,) = Lifecycle.rowOf(kind).decide(status, flags, ruling);
        bool leaves = both(outcome == Outcome.RECORDED, next != status);
        assert(either(!leaves, both(kind == DecisionKind.REINSTATE, ruling & 3 == 2)));
    }

    /// @dev So that the other property speaks of every status that there can be.
    function check_AStatusStaysWithinItsList(uint256 kind, uint8 status, uint16 flags, uint8 ruling)
        external
        pure
    {
        cheats.assume(both(kind != 0, kind <= DecisionKind.REASSESS));
        cheats.assume(both(status != 0, status <= Status.CLOSED));
        (, uint256 next,) = Lifecycle.rowOf(kind).decide(status, flags, ruling);
        assert(both(next != 0, next <= Status.CLOSED));
    }
}

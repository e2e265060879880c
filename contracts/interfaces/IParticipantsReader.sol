// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IParticipants} from "./IParticipants.sol";
import {IRecorder} from "./IRecorder.sol";

/// @title A contract whose authors are kept by another
interface IParticipantsReader is IRecorder {
    /// @notice The law of participants: who signs, in whose name.
    function participants() external view returns (IParticipants);
}

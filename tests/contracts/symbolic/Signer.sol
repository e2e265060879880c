// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import "../../../contracts/types/Records.sol" as Records;
import {Symbols, cheats} from "./Symbols.sol";

/// @notice Whoever has no key of the organisation that a decision or control names moves no head: the whole way of a
/// record, from the call to storage, through both contracts as they are deployed, in any state.
contract Signer is Symbols {
    function check_AKeyOfAnotherOrganisationMovesNoHead(
        bool control,
        bytes32[16] memory body,
        bytes memory signature,
        uint40 time
    ) external {
        _anyState(time);
        uint8 recordType = control ? Records.CONTROL : Records.DECISION;
        Records.Entry memory entry = Records.Entry(recordType, abi.encode(body), signature, "");
        IParticipants.RegisteredKey memory key = participants.key(_signer(entry));
        cheats.assume(key.organisation != uint256(body[control ? 3 : 4]));
        bytes32 before = _settled(body[0]);
        // A call that reverted changed nothing.
        if (_record(entry)) assert(_settled(body[0]) == before);
    }
}

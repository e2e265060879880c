// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Recorder} from "./Recorder.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {IParticipantsReader} from "./interfaces/IParticipantsReader.sol";
import {Author} from "./types/Author.sol";
import {Outcome, PURPOSE_DECIDE} from "./types/Codes.sol";
import {Key} from "./types/Key.sol";
import {either} from "./types/Logic.sol";
import {Organisation} from "./types/Organisation.sol";

/// @title What the contracts share whose authors are kept elsewhere
abstract contract ParticipantsReader is IParticipantsReader, Recorder {
    uint256 internal constant LATEST_EFFECT = 5 minutes;

    /// @inheritdoc IParticipantsReader
    IParticipants public immutable participants;

    constructor(IParticipants participants_) {
        participants = participants_;
    }

    function _lookUp(Author author, uint256 id, uint256 addressed) internal view override {
        address target = address(participants);
        address signer = author.signer();
        uint256 place = author.place();
        bytes4 selector = IParticipants.signedBy.selector;
        // The call that every record makes: its answer goes where it is wanted, word by word, and a failure (there is
        // none but running out of gas) is passed on.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), signer)
            mstore(add(free, 0x24), id)
            mstore(add(free, 0x44), addressed)
            if iszero(staticcall(gas(), target, free, 0x64, place, 0x80)) {
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }
    }

    /// @dev The legal moment lies neither ahead of now nor further back than the administration lets it.
    function _checkEffect(uint256 effectiveAt, Organisation administration)
        internal
        view
        returns (uint256 outcome)
    {
        uint256 time = block.timestamp;
        unchecked {
            // Times are 40 bits wide, a setting 32: no sum overflows.
            bool tooLate = effectiveAt > time + LATEST_EFFECT;
            if (either(tooLate, effectiveAt + administration.backdatingAt(time) < time)) {
                outcome = tooLate ? Outcome.EFFECTIVE_TOO_LATE : Outcome.EFFECTIVE_TOO_EARLY;
            }
        }
    }

    /// @dev The key decides, for this office.
    function _checkDecidingKey(Author author, uint256 deadline, uint256 office)
        internal
        view
        returns (uint256 outcome)
    {
        Key key = author.key();
        outcome = _checkKey(key, deadline, PURPOSE_DECIDE);
        if (outcome != Outcome.RECORDED) return outcome;
        uint256 keysOffice = key.office();
        return keysOffice != 0 && keysOffice != office ? Outcome.KEY_PURPOSE : Outcome.RECORDED;
    }
}

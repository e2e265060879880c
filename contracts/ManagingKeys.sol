// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ParticipantStore} from "./ParticipantStore.sol";
import {Key} from "./types/Key.sol";

/// @title The managing keys of an organisation, so far as they have not ended
abstract contract ManagingKeys is ParticipantStore {
    /// @dev Managing keys of an organisation that have not ended, at most: who counts them walks no longer list.
    uint256 internal constant MAX_MANAGING_KEYS = 16;

    function _isFull(uint32 organisation_) internal view returns (bool) {
        address[] storage managing = _managingKeys[organisation_];
        uint256 count = 0;
        for (uint256 i = 0; i < managing.length; ++i) {
            if (!_hasEnded(managing[i])) ++count;
        }
        return count >= MAX_MANAGING_KEYS;
    }

    /// @dev How many managing keys besides `without` are in effect now and still will be at `time`: one that could
    /// still be vetoed does not count.
    function _remaining(uint32 organisation_, address without, uint256 time)
        internal
        view
        returns (uint256 count)
    {
        address[] storage managing = _managingKeys[organisation_];
        for (uint256 i = 0; i < managing.length; ++i) {
            Key key = _keys[managing[i]];
            if (managing[i] != without && key.validAt(block.timestamp) && key.validAt(time)) ++count;
        }
    }

    /// @dev Adds a key, in the place of one that has ended if there is one.
    function _addManagingKey(uint32 organisation_, address key) internal {
        address[] storage managing = _managingKeys[organisation_];
        for (uint256 i = 0; i < managing.length; ++i) {
            if (_hasEnded(managing[i])) {
                managing[i] = key;
                return;
            }
        }
        managing.push(key);
    }

    function _hasEnded(address key) private view returns (bool) {
        return _keys[key].notAfter() <= block.timestamp;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "../types/Records.sol" as Records;

/// @title What the record contracts have in common
/// @notice A record is an EIP-712 struct, signed by a key of the organisation that it names as its author. Whoever
/// sends it has no say: the sender is never looked at. No entry can revert the group in which it stands, whatever its
/// bytes; running out of gas reverts the whole transaction, so that no gas limit refuses a valid record. There is no
/// owner, no pause, no proxy and no way to change or to remove a record.
interface IRecorder {
    /// @notice An authentic record was refused. It changed nothing, and may still be recorded later unless its deadline
    /// has passed or the head that it extends can never be current again.
    /// @param digest The record's EIP-712 digest.
    /// @param author The organisation that signed it (an Admission: that of the first approval).
    /// @param subject The declaration of which it speaks; of an opening Declaration its own digest, of a joining one the
    /// consignment; of a participants' record the organisation.
    /// @param recordType Its type.
    /// @param outcome Why, as a code of the Outcome list.
    /// @param body The signed struct's encoding.
    /// @param signature Its author's signature.
    event Refused(
        bytes32 indexed digest,
        uint32 indexed author,
        bytes32 indexed subject,
        uint8 recordType,
        uint8 outcome,
        bytes body,
        bytes signature
    );

    /// @notice No entry of the call was recorded, so the call left no trace.
    /// @param index The entry that is reported: the first, 0.
    /// @param digest Its digest; 0 when its type or length is unknown.
    /// @param outcome Its outcome; MALFORMED for a call without entries.
    error NothingRecorded(uint256 index, bytes32 digest, uint8 outcome);

    /// @notice Records every entry that can be recorded, in order. Anybody may call.
    /// @dev Reverts with `NothingRecorded` when that is none.
    /// @param entries Records of any types that this contract takes.
    /// @return outcomes One code of the Outcome list per entry: 0 recorded; 1 and 2 leave no trace; others are refusals.
    function record(Records.Entry[] calldata entries) external returns (uint8[] memory outcomes);

    /// @notice The separator under which digests of this contract's records are made.
    function domainSeparator() external view returns (bytes32);

    /// @notice The random id that tells this network from any other with equal chain id and addresses.
    function networkId() external view returns (bytes32);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Consignments} from "../../../contracts/Consignments.sol";
import {Participants} from "../../../contracts/Participants.sol";
import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import "../../../contracts/types/Records.sol" as Records;

/// @dev What halmos understands beside the code itself.
interface Halmos {
    function enableSymbolicStorage(address target) external;
}

interface Cheats {
    function warp(uint256 time) external;
    function assume(bool condition) external pure;
}

Halmos constant halmos = Halmos(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
Cheats constant cheats = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice Both contracts as they are deployed, in a state of which nothing is known: each slot may hold anything.
/// `scripts/analyse halmos` proves every function `check_...` of this folder for all of its arguments.
abstract contract Symbols {
    Participants internal participants;
    Consignments internal consignments;

    function setUp() public {
        IParticipants.Founder[] memory founders = new IParticipants.Founder[](1);
        founders[0] = IParticipants.Founder(1, "AA", address(1), address(2));
        participants = new Participants(keccak256("a network"), block.chainid == 31_337, founders);
        consignments = new Consignments(participants, address(0));
    }

    function _anyState(uint40 time) internal {
        cheats.warp(time);
        halmos.enableSymbolicStorage(address(participants));
        halmos.enableSymbolicStorage(address(consignments));
        // Nobody's key has the address 0, which stands for what is no signature: `Forms` and the constructor see to it.
        cheats.assume(participants.key(address(0)).organisation == 0);
    }

    /// @dev False when the call reverted, and thereby changed nothing.
    function _record(Records.Entry memory entry) internal returns (bool done) {
        Records.Entry[] memory entries = new Records.Entry[](1);
        entries[0] = entry;
        (done,) = address(consignments).call(abi.encodeCall(consignments.record, (entries)));
    }

    function _settled(bytes32 id) internal view returns (bytes32 settled) {
        (settled,) = consignments.declaration(id);
    }

    function _digest(Records.Entry memory entry) internal view returns (bytes32) {
        (bytes32 typeHash,) = Records.typeOf(entry.recordType);
        bytes32 structHash = keccak256(bytes.concat(typeHash, entry.body));
        return keccak256(abi.encodePacked(hex"1901", consignments.domainSeparator(), structHash));
    }

    function _signer(Records.Entry memory entry) internal view returns (address) {
        bytes memory signature = entry.signature;
        bytes32 r;
        bytes32 s;
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
        }
        return ecrecover(_digest(entry), uint8(signature[64]), r, s);
    }
}

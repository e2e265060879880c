// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Consignments} from "../../../contracts/Consignments.sol";
import {IParticipants} from "../../../contracts/interfaces/IParticipants.sol";
import {Author, newAuthor} from "../../../contracts/types/Author.sol";
import {Bodies} from "../../../contracts/types/Bodies.sol";
import "../../../contracts/types/Records.sol" as Records;

/// @notice Participants that answer whatever they like about competence.
contract AnyParticipants {
    bytes32 public constant networkId = keccak256("a network");
    mapping(uint16 administration => mapping(uint32 organisation => bool)) public competent;
}

/// @notice The law of declarations with the signer as an input, and with all that Participants says of it.
contract Transition is Consignments {
    using Bodies for Records.Entry;

    constructor(AnyParticipants participants_)
        Consignments(IParticipants(address(participants_)), address(0))
    {}

    /// @dev As `Recorder` does once it has recovered the signer and looked it up.
    function settle(
        Records.Entry calldata entry,
        bytes32 digest,
        address signer,
        uint256 key,
        uint256 organisation
    ) external returns (uint256) {
        Author author = newAuthor(signer);
        uint256 place = author.place();
        assembly ("memory-safe") {
            mstore(place, key)
            mstore(add(place, 0x20), organisation)
            mstore(add(place, 0x40), 0)
            mstore(add(place, 0x60), 0)
        }
        (bytes calldata body,) = entry.parts();
        return _apply(entry.typeWord(), entry, body, digest, author);
    }
}

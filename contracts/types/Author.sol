// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Key} from "./Key.sol";
import {Organisation} from "./Organisation.sol";

/// @dev What an entry's signature proves, and on what its author stands now: the place in memory of five words, the
/// signer and the answer of `IParticipants.signedBy`. Not a struct, because a struct is cleared before it is written.
type Author is uint256;

using {place, signer, key, organisation, sponsor, addressed, id} for Author global;

/// @dev An author of whom the signer is known; the four words from `place` on are still to be written.
function newAuthor(address whoSigned) pure returns (Author author) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        author := mload(0x40)
        mstore(0x40, add(author, 0xa0))
        mstore(author, whoSigned)
    }
}

/// @dev Where the answer of `signedBy` goes.
function place(Author self) pure returns (uint256) {
    return Author.unwrap(self) + 0x20;
}

function signer(Author self) pure returns (address) {
    return address(uint160(_word(self, 0x00)));
}

/// @dev The signer's registration; 0: it is not a key of the author's.
function key(Author self) pure returns (Key) {
    return Key.wrap(_word(self, 0x20));
}

function organisation(Author self) pure returns (Organisation) {
    return Organisation.wrap(_word(self, 0x40));
}

/// @dev The administration that answers for the author now.
function sponsor(Author self) pure returns (Organisation) {
    return Organisation.wrap(_word(self, 0x60));
}

/// @dev The administration that a declaration addresses.
function addressed(Author self) pure returns (Organisation) {
    return Organisation.wrap(_word(self, 0x80));
}

/// @dev The author's id.
function id(Author self) pure returns (uint32) {
    return self.key().organisation();
}

function _word(Author self, uint256 at_) pure returns (uint256 word) {
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        word := mload(add(self, at_))
    }
}

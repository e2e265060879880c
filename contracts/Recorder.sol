// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecorder} from "./interfaces/IRecorder.sol";
import {Author, newAuthor} from "./types/Author.sol";
import {Bodies} from "./types/Bodies.sol";
import {OrganisationStatus, Outcome} from "./types/Codes.sol";
import {Key} from "./types/Key.sol";
import {both, either} from "./types/Logic.sol";
import {Organisation} from "./types/Organisation.sol";
import "./types/Records.sol" as Records;
import {Signatures} from "./types/Signatures.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

// solhint-disable no-inline-assembly

/// @title From an entry to its outcome
/// @notice The steps that all record types share: type and length, digest, signature, author, then the type's own
/// rules, then the event of a refusal. Inline, without try/catch and without a call to unknown code.
abstract contract Recorder is IRecorder, IERC5267 {
    using Bodies for Records.Entry;
    using Bodies for bytes;
    using Signatures for bytes;

    /// @dev First of the record types that `Participants` takes; `Recognitions` takes those from ARRANGEMENT on.
    // slither-disable-start unused-state  each is of some of the contracts
    uint8 internal constant FIRST_OF_PARTICIPANTS = 16;
    uint256 internal constant LONGEST_DEADLINE = 7 days;
    uint256 internal constant ANY_ADMINISTRATION = 0;
    // slither-disable-end unused-state
    uint256 internal constant NOBODY = type(uint256).max;

    bytes32 private constant _DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    string private constant _VERSION = "1";

    /// @inheritdoc IRecorder
    bytes32 public immutable networkId;
    bytes32 private immutable _hashedName;
    bytes32 private immutable _separator;
    uint256 private immutable _chainId;

    constructor(bytes32 network) {
        networkId = network;
        _hashedName = keccak256(bytes(_name(network)));
        _chainId = block.chainid;
        _separator = _buildSeparator(_hashedName);
    }

    // slither-disable-start incorrect-return  the answer is returned from where it was written
    /// @inheritdoc IRecorder
    function record(Records.Entry[] calldata entries) external returns (uint8[] memory) {
        uint256 count = entries.length;
        uint256 answer = _answerFor(count);
        bytes32 first = 0;
        bool recorded = false;
        for (uint256 i = 0; i < count; ++i) {
            (uint256 outcome, bytes32 digest) = _recordOne(Bodies.entryAt(entries, i));
            _setOutcome(answer, i, outcome);
            if (i == 0) first = digest;
            recorded = either(recorded, outcome == Outcome.RECORDED);
        }
        if (recorded) _return(answer, count);
        revert NothingRecorded(0, first, count == 0 ? uint8(Outcome.MALFORMED) : _firstOutcome(answer));
    }

    // slither-disable-end incorrect-return

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (hex"0f", _name(networkId), _VERSION, block.chainid, address(this), 0, new uint256[](0));
    }

    /// @inheritdoc IRecorder
    function domainSeparator() public view returns (bytes32) {
        return block.chainid == _chainId ? _separator : _buildSeparator(_hashedName);
    }

    /// @dev Records an entry of a type that this contract takes.
    function _recordOne(Records.Entry calldata entry)
        internal
        virtual
        returns (uint256 outcome, bytes32 digest);

    /// @dev Steps 3 to 8 of docs/records.md, and the record's event.
    function _apply(
        uint256 recordType,
        Records.Entry calldata entry,
        bytes calldata body,
        bytes32 digest,
        Author author
    ) internal virtual returns (uint256);

    /// @dev Whom the record names as its author, and an administration that it addresses. `NOBODY`: no one can be the
    /// author; `ANY_ADMINISTRATION`: whichever signed.
    function _named(uint256 recordType, bytes calldata body)
        internal
        pure
        virtual
        returns (uint256 id, uint256 addressed);

    /// @dev Completes an author whose signer is known: `IParticipants.signedBy`.
    function _lookUp(Author author, uint256 id, uint256 addressed) internal view virtual;

    /// @dev Of what a refused record speaks.
    function _subject(uint256 recordType, bytes calldata body, bytes32 digest)
        internal
        pure
        virtual
        returns (bytes32);

    function _process(uint256 recordType, Records.Entry calldata entry)
        internal
        returns (uint256 outcome, bytes32 digest)
    {
        (bytes calldata body, bytes calldata signature) = entry.parts();
        (bytes32 typeHash, uint256 length) = Records.typeOf(recordType);
        if (body.length == length) {
            bytes32 separator = _separator;
            // A chain that splits off under another id shares this code and its immutables.
            if (block.chainid != _chainId) separator = _buildSeparator(_hashedName);
            digest = body.digest(separator, typeHash);
            outcome = _judge(recordType, entry, body, signature, digest);
        } else {
            outcome = typeHash == 0 ? Outcome.UNKNOWN_RECORD_TYPE : Outcome.MALFORMED;
        }
    }

    /// @dev Steps 2 to 8, and what is left of a refusal.
    function _judge(
        uint256 recordType,
        Records.Entry calldata entry,
        bytes calldata body,
        bytes calldata signature,
        bytes32 digest
    ) private returns (uint256 outcome) {
        (uint256 id, uint256 addressed) = _named(recordType, body);
        if (id == NOBODY) {
            outcome = Outcome.MALFORMED;
        } else {
            Author author = newAuthor(signature.signerOf(digest));
            _lookUp(author, id, addressed);
            if (Key.unwrap(author.key()) == 0) {
                outcome = Outcome.NOT_AUTHENTIC;
            } else {
                outcome = _apply(recordType, entry, body, digest, author);
                if (outcome > Outcome.ALREADY_RECORDED) {
                    bytes32 subject = _subject(recordType, body, digest);
                    emit Refused(
                        digest, author.id(), subject, uint8(recordType), uint8(outcome), body, signature
                    );
                }
            }
        }
    }

    /// @dev Steps 5 and 6: the deadline, the key's window, its purpose. All at once first, because most records pass.
    function _checkKey(Key key, uint256 deadline, uint256 purpose) internal view returns (uint256 outcome) {
        uint256 time = block.timestamp;
        unchecked {
            // What is past lies as far ahead as any number.
            bool inTime = deadline - time <= LONGEST_DEADLINE;
            bool valid = key.validAt(time);
            if (!both(both(inTime, valid), key.purposes() & purpose != 0)) {
                if (time > deadline) outcome = Outcome.EXPIRED;
                else if (!inTime) outcome = Outcome.DEADLINE_TOO_FAR;
                else outcome = valid ? Outcome.KEY_PURPOSE : Outcome.KEY_NOT_VALID;
            }
        }
    }

    /// @dev An administration that is active, or suspended and finishes what is open.
    function _isInOffice(Organisation administration) internal view returns (bool) {
        uint256 status = administration.statusAt(block.timestamp);
        return status == OrganisationStatus.ACTIVE || status == OrganisationStatus.SUSPENDED;
    }

    function _emit(
        Records.Entry calldata entry,
        bytes32 selector,
        bytes32 digest,
        bytes32 second,
        uint256 third
    ) internal {
        Bodies.log(entry, selector, digest, second, bytes32(third));
    }

    /// @dev An operator, agency or auditor whose administration was not expelled.
    function _isActiveMember(Organisation organisation, Organisation sponsor, uint256 kind)
        internal
        view
        returns (bool active)
    {
        active = organisation.acts(kind, block.timestamp);
        if (sponsor.exists()) {
            active = both(active, !sponsor.isAt(OrganisationStatus.EXPELLED, block.timestamp));
        }
    }

    function _name(bytes32 network) private pure returns (string memory) {
        return string.concat("Passavant ", Strings.toHexString(uint256(network), 32));
    }

    function _buildSeparator(bytes32 hashedName) private view returns (bytes32) {
        bytes32 hashedVersion = keccak256(bytes(_VERSION));
        return
            keccak256(abi.encode(_DOMAIN_TYPEHASH, hashedName, hashedVersion, block.chainid, address(this)));
    }

    // The outcomes are written where they are returned from: a memory array would be cleared first and copied at the
    // end, for 400 gas.

    /// @dev Memory for an encoded `uint8[]` of `count` outcomes, all of which are still to be set.
    function _answerFor(uint256 count) private pure returns (uint256 answer) {
        assembly ("memory-safe") {
            answer := mload(0x40)
            mstore(0x40, add(answer, shl(5, add(count, 2))))
            mstore(answer, 0x20)
            mstore(add(answer, 0x20), count)
        }
    }

    function _setOutcome(uint256 answer, uint256 index, uint256 outcome) private pure {
        assembly ("memory-safe") {
            mstore(add(answer, shl(5, add(index, 2))), outcome)
        }
    }

    function _firstOutcome(uint256 answer) private pure returns (uint8 outcome) {
        assembly ("memory-safe") {
            outcome := mload(add(answer, 0x40))
        }
    }

    function _return(uint256 answer, uint256 count) private pure {
        assembly ("memory-safe") {
            return(answer, shl(5, add(count, 2)))
        }
    }
}

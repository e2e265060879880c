// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IRecorder} from "./interfaces/IRecorder.sol";
import {Bodies} from "./types/Bodies.sol";
import {OrganisationKind, OrganisationStatus, Outcome} from "./types/Codes.sol";
import {Key} from "./types/Key.sol";
import {Organisation} from "./types/Organisation.sol";
import "./types/Records.sol" as Records;
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title From an entry to its outcome
/// @notice The steps that all record types share: type and length, digest, signature, author, then the type's own
/// rules, then the event of a refusal. Inline, without try/catch and without a call to unknown code.
abstract contract Recorder is IRecorder, IERC5267 {
    using Bodies for bytes;

    /// @dev What an entry's signature proves, and on what its author stands now.
    struct Author {
        address signer;
        uint32 id;
        Key key;
        Organisation organisation;
        Organisation sponsor;
        Organisation addressed;
    }

    /// @dev First of the record types that `Participants` takes.
    uint8 internal constant FIRST_OF_PARTICIPANTS = 16;
    uint256 internal constant LONGEST_DEADLINE = 7 days;

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

    /// @inheritdoc IRecorder
    function record(Records.Entry[] calldata entries) external returns (uint8[] memory outcomes) {
        outcomes = new uint8[](entries.length);
        bytes32 firstDigest;
        bool recorded;
        for (uint256 i = 0; i < entries.length; ++i) {
            (Outcome outcome, bytes32 digest) = _recordOne(entries[i]);
            outcomes[i] = uint8(outcome);
            if (i == 0) firstDigest = digest;
            if (outcome == Outcome.RECORDED) recorded = true;
        }
        if (recorded) return outcomes;
        revert NothingRecorded(0, firstDigest, entries.length == 0 ? uint8(Outcome.MALFORMED) : outcomes[0]);
    }

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
        // A chain that splits off under another id shares this code and its immutables.
        return block.chainid == _chainId ? _separator : _buildSeparator(_hashedName);
    }

    /// @dev Records an entry of a type that this contract takes.
    function _recordOne(Records.Entry calldata entry)
        internal
        virtual
        returns (Outcome outcome, bytes32 digest);

    /// @dev Steps 3 to 8 of docs/records.md, and the record's event.
    function _apply(Records.Entry calldata entry, bytes32 digest, Author memory author)
        internal
        virtual
        returns (Outcome);

    /// @dev Whom the record names as its author, and an administration that it addresses. `named` is false when nobody
    /// can be the author; `id` 0 with `named`: any administration that signed.
    function _named(uint8 recordType, bytes calldata body)
        internal
        pure
        virtual
        returns (bool named, uint32 id, uint16 addressed);

    /// @dev `IParticipants.authority`.
    function _authority(address signer, uint32 id, uint16 addressed)
        internal
        view
        virtual
        returns (Key, Organisation, Organisation, Organisation);

    /// @dev Of what a refused record speaks.
    function _subject(uint8 recordType, bytes calldata body, bytes32 digest)
        internal
        pure
        virtual
        returns (bytes32);

    function _process(Records.Entry calldata entry) internal returns (Outcome outcome, bytes32 digest) {
        (bytes32 typeHash, uint256 length) = Records.typeOf(entry.recordType);
        if (typeHash == 0) return (Outcome.UNKNOWN_RECORD_TYPE, 0);
        if (entry.body.length != length) return (Outcome.MALFORMED, 0);
        digest = entry.body.digest(domainSeparator(), typeHash);
        Author memory author;
        outcome = _authenticate(entry, digest, author);
        if (outcome != Outcome.RECORDED) return (outcome, digest);
        outcome = _apply(entry, digest, author);
        if (outcome > Outcome.ALREADY_RECORDED) _refuse(entry, digest, author.id, outcome);
    }

    /// @dev RECORDED when the signature is that of a registered key of the author's; `author` is then complete.
    function _authenticate(Records.Entry calldata entry, bytes32 digest, Author memory author)
        private
        view
        returns (Outcome)
    {
        (bool named, uint32 id, uint16 addressed) = _named(entry.recordType, entry.body);
        if (!named) return Outcome.MALFORMED;
        author.signer = _signer(digest, entry.signature);
        if (author.signer == address(0)) return Outcome.NOT_AUTHENTIC;
        (author.key, author.organisation, author.sponsor, author.addressed) =
            _authority(author.signer, id, addressed);
        author.id = author.key.organisation();
        bool authentic = author.id != 0 && (id == 0 ? author.id <= type(uint16).max : id == author.id);
        return authentic ? Outcome.RECORDED : Outcome.NOT_AUTHENTIC;
    }

    function _refuse(Records.Entry calldata entry, bytes32 digest, uint32 author, Outcome outcome) private {
        bytes32 subject = _subject(entry.recordType, entry.body, digest);
        emit Refused(digest, author, subject, entry.recordType, uint8(outcome), entry.body, entry.signature);
    }

    /// @dev Who signed; 0: nobody. Not a revert for any bytes.
    function _signer(bytes32 digest, bytes calldata signature) internal pure returns (address signer) {
        // slither-disable-next-line unused-return  an invalid signature has no signer, and the reason does not matter
        (signer,,) = ECDSA.tryRecoverCalldata(digest, signature);
    }

    /// @dev Steps 5 and 6: the deadline, the key's window, its purpose.
    function _checkKey(Key key, uint256 deadline, uint256 purpose) internal view returns (Outcome) {
        if (block.timestamp > deadline) return Outcome.EXPIRED;
        if (deadline > block.timestamp + LONGEST_DEADLINE) return Outcome.DEADLINE_TOO_FAR;
        if (!key.validAt(block.timestamp)) return Outcome.KEY_NOT_VALID;
        return key.purposes() & purpose == 0 ? Outcome.KEY_PURPOSE : Outcome.RECORDED;
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
    function _isActiveMember(Organisation organisation, Organisation sponsor, OrganisationKind kind)
        internal
        view
        returns (bool)
    {
        return organisation.acts(kind, block.timestamp)
            && !sponsor.isAt(OrganisationStatus.EXPELLED, block.timestamp);
    }

    function _name(bytes32 network) private pure returns (string memory) {
        return string.concat("Passavant ", Strings.toHexString(uint256(network), 32));
    }

    function _buildSeparator(bytes32 hashedName) private view returns (bytes32) {
        bytes32 hashedVersion = keccak256(bytes(_VERSION));
        return
            keccak256(abi.encode(_DOMAIN_TYPEHASH, hashedName, hashedVersion, block.chainid, address(this)));
    }
}

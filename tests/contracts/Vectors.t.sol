// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IConsignments} from "../../contracts/interfaces/IConsignments.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IRecorder} from "../../contracts/interfaces/IRecorder.sol";
import {Outcome} from "../../contracts/types/Codes.sol";
import {Head} from "../../contracts/types/Heads.sol";
import {Lifecycle} from "../../contracts/types/Lifecycle.sol";
import "../../contracts/types/Records.sol" as Records;
import {Signatures} from "../../contracts/types/Signatures.sol";
import {vm} from "./Vm.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

/// @notice The vectors that the Python client and the contracts share: `docs/records.md` in numbers.
contract VectorsTest {
    using Signatures for bytes;

    // -- records.json: the contracts themselves, built where the vectors say that they stand

    function test_Domains() external {
        string memory json = vm.readFile("tests/vectors/records.json");
        (IConsignments consignments, IParticipants participants) = _build(json);
        bytes32 separator = vm.parseJsonBytes32(json, ".domain.consignments_separator");
        _equal(consignments.domainSeparator(), separator, "Consignments");
        separator = vm.parseJsonBytes32(json, ".domain.participants_separator");
        _equal(participants.domainSeparator(), separator, "Participants");
        separator = vm.parseJsonBytes32(json, ".domain.recognitions_separator");
        _equal(consignments.recognitions().domainSeparator(), separator, "Recognitions");
        _describesItself(json, consignments);
        _describesItself(json, participants);
    }

    function test_Records() external {
        string memory json = vm.readFile("tests/vectors/records.json");
        (IConsignments consignments,) = _build(json);
        uint256 count = 0;
        for (string memory place = ".records[0]"; vm.keyExistsJson(json, place);) {
            _hashes(json, place);
            _isDigestOf(json, place, consignments);
            _isSignedBy(json, place);
            place = string.concat(".records[", vm.toString(++count), "]");
        }
        if (count != 19) revert("a record type without vector");
    }

    // -- heads.json

    function test_Heads() external view {
        string memory json = vm.readFile("tests/vectors/heads.json");
        uint256 count = 0;
        for (string memory place = ".cases[0]"; vm.keyExistsJson(json, place);) {
            _folds(json, place);
            place = string.concat(".cases[", vm.toString(++count), "]");
        }
        if (count == 0) revert("no heads");
    }

    // -- lifecycle.json

    function test_LifecycleOfEveryCase() external view {
        string memory json = vm.readFile("tests/vectors/lifecycle.json");
        bytes memory cases = vm.parseJsonBytes(json, ".cases");
        uint256 count = vm.parseJsonUint(json, ".count");
        if (cases.length != count * 9 || count != 35 * 19 * 16 * 2) revert("cases are missing");
        for (uint256 i = 0; i < count; ++i) {
            uint256 word;
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                word := shr(184, mload(add(add(cases, 0x20), mul(i, 9))))
            }
            if (!_decides(word)) revert(string.concat("case ", vm.toString(i)));
        }
    }

    function test_LifecycleTable() external view {
        string memory json = vm.readFile("tests/vectors/lifecycle.json");
        string memory codes = vm.readFile("tests/vectors/codes.json");
        for (uint256 i = 0; i < 35; ++i) {
            string memory place = string.concat(".table[", vm.toString(i), "]");
            string memory kind = vm.parseJsonString(json, string.concat(place, ".kind"));
            uint256 code = vm.parseJsonUint(codes, string.concat(".lists.DecisionKind.", kind));
            bool versions = vm.parseJsonBool(json, string.concat(place, ".versions"));
            bool safeguards = vm.parseJsonBool(json, string.concat(place, ".safeguards"));
            if (Lifecycle.rowOf(code).versions() != versions) revert(kind);
            if (Lifecycle.rowOf(code).safeguards() != safeguards) revert(kind);
        }
    }

    function test_LiveStatuses() external view {
        string memory json = vm.readFile("tests/vectors/lifecycle.json");
        string memory codes = vm.readFile("tests/vectors/codes.json");
        string[] memory live = vm.parseJsonStringArray(json, ".live");
        uint256 wanted;
        for (uint256 i = 0; i < live.length; ++i) {
            wanted |= 1 << vm.parseJsonUint(codes, string.concat(".lists.Status.", live[i]));
        }
        for (uint256 status = 0; status < 256; ++status) {
            if (Lifecycle.isLive(status) != (wanted >> status & 1 == 1)) revert(vm.toString(status));
        }
    }

    function signerOf(bytes calldata signature, bytes32 digest) external view returns (address) {
        return signature.signerOf(digest);
    }

    // -- building

    function _build(string memory json) private returns (IConsignments, IParticipants) {
        vm.chainId(vm.parseJsonUint(json, ".domain.chain_id"));
        IParticipants.Founder[] memory founders = new IParticipants.Founder[](1);
        founders[0] = IParticipants.Founder(1, "AA", address(1), address(2));
        bytes32 network = vm.parseJsonBytes32(json, ".domain.network_id");
        address participants = vm.parseJsonAddress(json, ".domain.participants");
        _buildAt(participants, "Participants.sol:Participants", abi.encode(network, true, founders));
        address consignments = vm.parseJsonAddress(json, ".domain.consignments");
        _buildAt(consignments, "Consignments.sol:Consignments", abi.encode(participants, address(0)));
        return (IConsignments(consignments), IParticipants(participants));
    }

    /// @dev Runs the constructor at the address itself: the separator is an immutable made of it.
    function _buildAt(address where, string memory artifact, bytes memory arguments) private {
        vm.etch(where, bytes.concat(vm.getCode(artifact), arguments));
        vm.setNonce(where, 1); // as a new contract has it
        (bool done, bytes memory code) = where.call("");
        if (!done) revert(artifact);
        vm.etch(where, code);
    }

    // -- checking

    function _describesItself(string memory json, IRecorder recorder) private view {
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address contract_,,) =
            IERC5267(address(recorder)).eip712Domain();
        if (fields != hex"0f" || contract_ != address(recorder)) revert("fields");
        if (chainId != vm.parseJsonUint(json, ".domain.chain_id")) revert("chain id");
        _equal(_hash(name), _hash(vm.parseJsonString(json, ".domain.name")), "name");
        _equal(_hash(version), _hash(vm.parseJsonString(json, ".domain.version")), "version");
    }

    function _hashes(string memory json, string memory place) private pure {
        string memory text = vm.parseJsonString(json, string.concat(place, ".type_string"));
        uint256 recordType = vm.parseJsonUint(json, string.concat(place, ".type"));
        bytes memory body = vm.parseJsonBytes(json, string.concat(place, ".body"));
        (bytes32 typeHash, uint256 length) = Records.typeOf(recordType);
        _equal(typeHash, _hash(text), text);
        _equal(typeHash, vm.parseJsonBytes32(json, string.concat(place, ".type_hash")), "type hash");
        _equal(bytes32(length), bytes32(body.length), "length");
        bytes32 structHash = keccak256(bytes.concat(typeHash, body));
        _equal(structHash, vm.parseJsonBytes32(json, string.concat(place, ".struct_hash")), "struct hash");
    }

    /// @dev The refusal of a stranger's record tells the digest that the contract computed.
    function _isDigestOf(string memory json, string memory place, IConsignments consignments) private {
        Records.Entry[] memory entries = new Records.Entry[](1);
        entries[0].recordType = uint8(vm.parseJsonUint(json, string.concat(place, ".type")));
        entries[0].body = vm.parseJsonBytes(json, string.concat(place, ".body"));
        entries[0].signature = vm.parseJsonBytes(json, string.concat(place, ".signature"));
        bytes32 digest = vm.parseJsonBytes32(json, string.concat(place, ".digest"));
        vm.expectRevert(
            abi.encodeWithSelector(IRecorder.NothingRecorded.selector, 0, digest, Outcome.NOT_AUTHENTIC)
        );
        consignments.record(entries);
    }

    function _isSignedBy(string memory json, string memory place) private view {
        bytes32 digest = vm.parseJsonBytes32(json, string.concat(place, ".digest"));
        bytes memory signature = vm.parseJsonBytes(json, string.concat(place, ".signature"));
        address signer = vm.parseJsonAddress(json, ".signer");
        if (this.signerOf(signature, digest) != signer) revert("signer");
    }

    function _folds(string memory json, string memory place) private pure {
        Head a = Head.wrap(vm.parseJsonBytes32(json, string.concat(place, ".a")));
        bytes32 b = vm.parseJsonBytes32(json, string.concat(place, ".b"));
        bytes32 c = vm.parseJsonBytes32(json, string.concat(place, ".c"));
        _isHead(Head.wrap(0).settle(0, Head.unwrap(a)), json, string.concat(place, ".opened"));
        _isHead(a.settle(b, c), json, string.concat(place, ".settled"));
        _isHead(a.extend(b), json, string.concat(place, ".held"));
        _isHead(a.extend(b), json, string.concat(place, ".joined"));
        _isHead(a.extend(b), json, string.concat(place, ".organisation"));
        _isHead(Head.wrap(a.publish(b, Head.wrap(c))), json, string.concat(place, ".public"));
    }

    /// @dev kind 1, status 1, flags 2, ruling 1, outcome 1, next status 1, next flags 2 bytes.
    function _decides(uint256 word) private pure returns (bool) {
        (uint256 outcome, uint256 status, uint256 flags) =
            Lifecycle.rowOf(word >> 64).decide(uint8(word >> 56), uint16(word >> 40), uint8(word >> 32));
        return outcome == uint8(word >> 24) && status == uint8(word >> 16) && flags == uint16(word);
    }

    function _isHead(Head head, string memory json, string memory place) private pure {
        _equal(Head.unwrap(head), vm.parseJsonBytes32(json, place), place);
    }

    function _hash(string memory text) private pure returns (bytes32) {
        return keccak256(bytes(text));
    }

    function _equal(bytes32 found, bytes32 wanted, string memory what) private pure {
        if (found != wanted) revert(what);
    }
}

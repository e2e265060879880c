// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {DecisionKind, HoldAction, Outcome} from "../../contracts/types/Codes.sol";
import {Head} from "../../contracts/types/Heads.sol";
import {Proofs} from "../../contracts/types/Proofs.sol";
import "../../contracts/types/Records.sol" as Records;
import {Signatures} from "../../contracts/types/Signatures.sol";
import {Recognised} from "./Recognised.sol";
import {Vm, vm} from "./Vm.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice Fuzz.tree: arbitrary bytes as entries never revert the group in which a valid record stands; they change
/// nothing and leave no trace unless their author signed them.
contract FuzzTest is Recognised {
    using Signatures for bytes;
    using Proofs for bytes;

    bytes32 private _id;

    function setUp() public override {
        super.setUp();
        _id = _accepted();
    }

    function testFuzz_AnyBytesInAnyPlace(
        uint8 recordType,
        bytes calldata body,
        bytes calldata signature,
        bytes calldata proof
    ) external {
        _ignored(Records.Entry(recordType, body, signature, proof));
    }

    function testFuzz_ABodyOfTheRightLength(
        uint8 seed,
        uint256 filling,
        bytes calldata signature,
        bytes calldata proof
    ) external {
        uint8 recordType = _typeFrom(seed);
        _ignored(Records.Entry(recordType, _filled(recordType, filling), signature, proof));
    }

    /// @dev Signed by a key of the author that the filling names if it names one: refused with a trace, or recorded.
    function testFuzz_AnyBodySignedByAnybody(uint8 seed, uint256 filling, uint8 who, bytes calldata proof)
        external
    {
        uint8 recordType = _typeFrom(seed);
        bytes memory body = _filled(recordType, filling);
        uint32[6] memory authors = [uint32(A), OPERATOR, AGENCY, AGENT, OTHER, uint32(B)];
        uint32 author = authors[who % 6];
        _name(recordType, body, author);
        uint256 signer = _managed(recordType) ? _manager(author, 1) : _key(author);
        Records.Entry memory entry = _entry(recordType, body, signer);
        entry.proof = proof;
        _survives(entry);
    }

    function testFuzz_ABitOfAValidRecordFlipped(uint8 which, uint16 bit) external {
        Records.Entry memory entry = _sample(which % 14);
        uint256 at_ = (bit / 8) % entry.body.length;
        entry.body[at_] ^= bytes1(uint8(1 << (bit % 8)));
        _ignored(entry);
    }

    /// @dev Of a record that would be recorded as it is, one code outside its list.
    function testFuzz_ACodeOutsideItsListIsMalformed(uint8 which, uint256 wrong) external {
        (uint8 recordType, bytes memory body, uint256 field, uint256 greatest, uint256 signer) =
            _listed(which);
        // Every width: what fits the field's type, and what does not.
        uint256 shift = wrong % 4 * 60;
        uint256 code = greatest + 1 + (wrong >> 2) % (type(uint256).max - greatest >> 2);
        if (shift != 0) code = greatest + 1 + (code >> 256 - shift);
        _put(body, field, code);
        _refused(_entry(recordType, body, signer), Outcome.MALFORMED);
    }

    function _listed(uint8 which)
        private
        returns (uint8 recordType, bytes memory body, uint256 field, uint256 greatest, uint256 signer)
    {
        uint256 place = which % 12;
        if (place < 3) {
            (bytes32 control,) = _controlled(_control(exported));
            body = abi.encode(_recognition(imported, B, control, agreed));
            // verdict, risk, reason
            (field, greatest) = place == 0 ? (8, 3) : place == 1 ? (9, 15) : (10, 9);
            return (Records.RECOGNITION, body, field, greatest, _key(B));
        }
        if (place < 6) {
            body = abi.encode(_arrangement(A, C));
            // procedures, methods, risks
            (field, greatest) = place == 3 ? (3, 0x1ff) : place == 4 ? (4, 0xf) : (5, 0xf);
            return (Records.ARRANGEMENT, body, field, greatest, _manager(A, 1));
        }
        if (place < 8) {
            body = abi.encode(_suspension(B, agreed, 1));
            // action, reason
            (field, greatest) = place == 6 ? (3, 2) : (4, 9);
            return (Records.ARRANGEMENT_SUSPENSION, body, field, greatest, _manager(B, 1));
        }
        if (place == 8) return (Records.AEO_STATUS, abi.encode(_aeo(OPERATOR)), 3, 3, _key(A));
        // action, kind, reason
        (field, greatest) = place == 9 ? (4, 3) : place == 10 ? (5, 4) : (8, 9);
        return (Records.ASSISTANCE, abi.encode(_asked()), field, greatest, _key(B));
    }

    function testFuzz_AProofOfAnyBytes(bytes calldata proof) external {
        Records.Decision memory r = _decision(_id, DecisionKind.RELEASE);
        r.supersedes = keccak256("decision");
        Records.Entry memory entry = _of(r);
        entry.proof = proof;
        _refused(entry, Outcome.SUPERSEDES_NOT_PROVEN);
        entry = _of(_admission(1, 4));
        entry.proof = proof;
        _refused(entry, Outcome.APPROVALS_MISSING);
    }

    function testFuzz_SignersAreThoseOfOpenZeppelin(bytes32 digest, bytes calldata signature) external view {
        (address theirs,,) = ECDSA.tryRecoverCalldata(digest, signature);
        _true(signature.signerOf(digest) == theirs, "signer");
    }

    function testFuzz_SignersOfTwistedSignatures(uint256 seed, bytes32 digest, uint8 v, uint8 twist)
        external
        view
    {
        uint256 key = seed % 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364140 + 1;
        (uint8 right, bytes32 r, bytes32 s) = vm.sign(key, digest);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        if (twist & 1 == 1) s = bytes32(order - uint256(s));
        if (twist & 2 == 2) right = v;
        if (twist & 4 == 4) r = keccak256(abi.encode(r));
        bytes memory signature = abi.encodePacked(r, s, right);
        if (twist & 8 == 8) signature = bytes.concat(signature, hex"00");
        this.testFuzz_SignersAreThoseOfOpenZeppelin(digest, signature);
        if (twist == 0) _true(this.signerOf(digest, signature) == vm.addr(key), "the key's own");
    }

    function testFuzz_ASupersedingProofIsTheFoldOfItsSteps(bytes32 prev, bytes32[2][] memory steps)
        external
        view
    {
        if (steps.length == 0 || steps.length > 256) return;
        bytes32 head = prev;
        for (uint256 i = 0; i < steps.length; ++i) {
            head = keccak256(abi.encode(head, steps[i][0], steps[i][1]));
        }
        bytes memory proof = abi.encode(prev, steps);
        _true(this.isProven(proof, steps[0][1], head), "proven");
        _true(!this.isProven(proof, keccak256(abi.encode(steps[0][1])), head), "of that one only");
        _true(!this.isProven(proof, steps[0][1], keccak256(abi.encode(head))), "to that head only");
    }

    function testFuzz_SignaturesAreReadWhereTheAbiPutsThem(uint8 approvals, uint8 possessions) external view {
        bytes[] memory first = _signatures(approvals);
        bytes[] memory second = _signatures(possessions);
        this.areRead(abi.encode(first, second), first, second);
    }

    function areRead(bytes calldata proof, bytes[] calldata first, bytes[] calldata second) external pure {
        (uint256 approvals, uint256 possessions) = proof.counts();
        _true(approvals == first.length && possessions == second.length, "counts");
        for (uint256 i = 0; i < approvals; ++i) {
            _equal(keccak256(proof.approval(approvals, i)), keccak256(first[i]), "approval");
        }
        for (uint256 i = 0; i < possessions; ++i) {
            _equal(keccak256(proof.possession(approvals, possessions, i)), keccak256(second[i]), "possession");
        }
    }

    function isProven(bytes calldata proof, bytes32 superseded, bytes32 settled)
        external
        pure
        returns (bool)
    {
        return proof.supersedes(superseded, Head.wrap(settled));
    }

    function signerOf(bytes32 digest, bytes calldata signature) external view returns (address) {
        return signature.signerOf(digest);
    }

    function _signatures(uint256 count) private pure returns (bytes[] memory list) {
        list = new bytes[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = abi.encodePacked(keccak256(abi.encode(i)), keccak256(abi.encode(i + 1)), uint8(27));
        }
    }

    /// @dev Neither a slot nor an event is its.
    function _ignored(Records.Entry memory entry) private {
        (uint8 outcome, uint256 slots, uint256 events) = _beside(entry);
        _true(outcome != Outcome.RECORDED && outcome != Outcome.EXPIRED, "not recorded");
        _equal(slots, 2, "slots");
        _equal(events, 1, "events");
    }

    /// @dev Refused with at most one event, or recorded with exactly one.
    function _survives(Records.Entry memory entry) private {
        (uint8 outcome, uint256 slots, uint256 events) = _beside(entry);
        if (outcome == Outcome.RECORDED) return _equal(events, 2, "events");
        _equal(slots, 2, "slots");
        _true(events <= 2, "events");
    }

    function _beside(Records.Entry memory entry)
        private
        returns (uint8 outcome, uint256 slots, uint256 events)
    {
        Records.Entry[] memory group = new Records.Entry[](2);
        group[0] = entry;
        group[1] = _of(_outside(C));
        vm.recordLogs();
        vm.record();
        uint8[] memory outcomes = consignments.record(group);
        (, bytes32[] memory written) = vm.accesses(address(consignments));
        (, bytes32[] memory elsewhere) = vm.accesses(address(participants));
        (, bytes32[] memory recognised) = vm.accesses(address(recognitions));
        _equal(outcomes[1], Outcome.RECORDED, "the valid record");
        return
            (outcomes[0], written.length + elsewhere.length + recognised.length, vm.getRecordedLogs().length);
    }

    function _sample(uint256 which) private returns (Records.Entry memory) {
        if (which == 0) return _of(_declaration());
        if (which == 1) return _of(_joiner(_id));
        if (which == 2) return _of(_decision(_id, DecisionKind.RELEASE));
        if (which == 3) return _of(_hold(_id, HoldAction.SET));
        if (which == 4) return _of(_grantOf(OPERATOR, AGENT));
        if (which == 5) return _of(_amendment(_id));
        if (which == 6) return _of(_erasure(_id));
        if (which == 7) return _of(_encryptionKey(A));
        return which == 8 ? _of(_setting(A, 1)) : _sampleOfRecognitions(which);
    }

    function _sampleOfRecognitions(uint256 which) private returns (Records.Entry memory) {
        if (which == 9) {
            (bytes32 control, bytes memory proof) = _controlled(_control(exported));
            return _of(_recognition(imported, B, control, agreed), proof);
        }
        if (which == 10) return _of(_arrangement(A, C));
        if (which == 11) return _of(_suspension(B, agreed, 1));
        return which == 12 ? _of(_aeo(OPERATOR)) : _of(_asked());
    }

    /// @dev Signed by managing keys: all that binds an organisation itself.
    function _managed(uint8 recordType) private pure returns (bool) {
        bool decides = recordType == Records.AEO_STATUS || recordType == Records.ASSISTANCE;
        return recordType > 15 && recordType != Records.GRANT && !decides;
    }

    function _typeFrom(uint8 seed) private pure returns (uint8) {
        uint8 place = seed % 19;
        // 1 to 9, then 16 to 25.
        return place < 9 ? place + 1 : place + 7;
    }

    /// @dev Words of every width, the narrow ones often enough for the checks behind the first.
    function _filled(uint8 recordType, uint256 seed) private view returns (bytes memory body) {
        (, uint256 length) = Records.typeOf(recordType);
        for (uint256 i = 0; i < length / 32; ++i) {
            uint256 word = uint256(keccak256(abi.encode(seed, i)));
            uint256 kind = word % 8;
            if (kind == 0) word = 0;
            else if (kind < 4) word = (word >> 8) % 8;
            else if (kind == 4) word = block.timestamp + ((word >> 8) % 100);
            else if (kind == 5) word = uint256(_id);
            else if (kind == 6) word = (word >> 8) % 70_000;
            body = bytes.concat(body, bytes32(word));
        }
        if (seed & 1 == 1) _put(body, length / 32 - 1, _soon());
    }

    function _name(uint8 recordType, bytes memory body, uint32 author) private pure {
        uint256 field = recordType >= 16 ? 0 : 2;
        if (recordType == Records.DECISION) field = 4;
        if (recordType == Records.CONTROL) field = 3;
        if (recordType == Records.RECOGNITION) field = 5;
        if (recordType == Records.ERASURE) field = author <= type(uint16).max ? 5 : 3;
        _put(body, field, author);
        if (recordType < Records.DECISION) _put(body, 3, 0);
        if (recordType == Records.ERASURE) {
            _put(body, 4, 0);
            _put(body, field == 5 ? 3 : 5, 0);
        }
    }

    function _put(bytes memory body, uint256 field, uint256 value) private pure {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(add(add(body, 0x20), shl(5, field)), value)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {AdmissionAction, EncryptionSuite, Outcome, PURPOSE_MANAGE} from "../../contracts/types/Codes.sol";
import "../../contracts/types/Records.sol" as Records;
import {Vm, vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice EncryptionKeys.tree: the keys to which others encrypt.
contract EncryptionKeysTest is World {
    function test_AKeyIsPublished() external {
        bytes32 before = participants.organisationHead(A);
        vm.recordLogs();
        bytes32 digest = _record(_of(_encryptionKey(A)));
        Vm.Log memory log = vm.getRecordedLogs()[0];
        _equal(log.topics[0], IParticipants.EncryptionKey.selector, "event");
        _equal(log.topics[2], bytes32(uint256(A)), "organisation");
        _equal(log.topics[3], bytes32(uint256(1)), "version");
        (,, bytes memory proof) = abi.decode(log.data, (Records.EncryptionKey, bytes, bytes));
        _equal(keccak256(proof), keccak256(_mlkem()), "the event holds the ML-KEM part");
        _equal(participants.organisationHead(A), keccak256(abi.encode(before, digest)), "head");
        _equal(participants.encryptionVersion(A), 1, "version");
        _equal(participants.encryptionVersion(B), 0, "nobody else's");
    }

    function test_ByAnOperator() external {
        Records.OperatorStatus memory r = _standing(A, OPERATOR, 1);
        (r.key, r.purposes) = (vm.addr(_manager(OPERATOR, 1)), uint8(PURPOSE_MANAGE));
        (r.notBefore, r.notAfter) = (uint40(block.timestamp), uint40(block.timestamp + 400 days));
        _record(_proven(Records.OPERATOR_STATUS, abi.encode(r), _manager(A, 1), _manager(OPERATOR, 1)));
        _pass();
        Records.EncryptionKey memory k = _encryptionKey(OPERATOR);
        (k.suite, k.hybrid) = (uint8(EncryptionSuite.X25519), 0);
        _record(_of(k));
    }

    function test_VersionsGoUpOneByOne() external {
        Records.EncryptionKey memory r = _encryptionKey(A);
        r.version = 2;
        _refused(_of(r), Outcome.UNKNOWN_VERSION);
        _record(_of(_encryptionKey(A)));
        r = _encryptionKey(A);
        r.version = 1;
        _refused(_of(r), Outcome.UNKNOWN_VERSION);
        r.version = 3;
        _refused(_of(r), Outcome.UNKNOWN_VERSION);
        _record(_of(_encryptionKey(A)));
        _equal(participants.encryptionVersion(A), 2, "the second");
    }

    function test_OnTheOrganisationsHead() external {
        Records.EncryptionKey memory r = _encryptionKey(A);
        r.orgHead = keccak256("another");
        _refused(_of(r), Outcome.STALE_HEAD);
    }

    function test_TheProofIsTheHybridPart() external {
        Records.EncryptionKey memory r = _encryptionKey(A);
        Records.Entry memory entry = _of(r);
        entry.proof = "";
        _refused(entry, Outcome.ENCRYPTION_KEY_INVALID);
        entry.proof = _mlkem();
        entry.proof[1183] = 0x01;
        _refused(entry, Outcome.ENCRYPTION_KEY_INVALID);
        r.hybrid = keccak256("short");
        entry = _of(r);
        entry.proof = "short";
        _refused(entry, Outcome.ENCRYPTION_KEY_INVALID);
    }

    function test_TheWindow() external {
        Records.EncryptionKey memory r = _encryptionKey(A);
        r.notBefore = uint40(block.timestamp + 100);
        r.notAfter = r.notBefore;
        _refused(_of(r), Outcome.WINDOW_INVALID);
        (r.notBefore, r.notAfter) = (0, uint40(block.timestamp + 1));
        _refused(_of(r), Outcome.WINDOW_INVALID);
        r.notAfter += 1;
        _record(_of(r));
    }

    function test_Malformed() external {
        Records.EncryptionKey memory r = _encryptionKey(A);
        r.key = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _encryptionKey(A);
        r.version = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r = _encryptionKey(A);
        r.suite = 0;
        _refused(_of(r), Outcome.MALFORMED);
        r.suite = 3;
        _refused(_of(r), Outcome.MALFORMED);
        r.suite = uint8(EncryptionSuite.X25519); // which has no hybrid part
        _refused(_of(r), Outcome.MALFORMED);
        (r.suite, r.hybrid) = (uint8(EncryptionSuite.HYBRID), 0);
        _refused(_of(r), Outcome.MALFORMED);
    }

    function test_ByAManagingKeyOfWhoMayAct() external {
        Records.EncryptionKey memory r = _encryptionKey(B);
        Records.Entry memory entry = _of(r);
        entry.signature = _sign(_key(B), _digest(entry));
        _refused(entry, Outcome.KEY_PURPOSE);
        _ruled(AdmissionAction.SUSPEND, B);
        _record(_of(_encryptionKey(B)));
        _record(_approved(_admission(AdmissionAction.EXPEL, B), _manager(A, 1), _one(_manager(C, 1))));
        _pass();
        _refused(_of(_encryptionKey(B)), Outcome.ORGANISATION_NOT_ACTIVE);
    }
}

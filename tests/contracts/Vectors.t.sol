// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IRecorder} from "../../contracts/interfaces/IRecorder.sol";
import "../../contracts/types/Codes.sol" as Codes;
import {Head} from "../../contracts/types/Heads.sol";
import "../../contracts/types/Lifecycle.sol" as Table;
import {Lifecycle, Row} from "../../contracts/types/Lifecycle.sol";
import "../../contracts/types/Records.sol" as Records;
import {Signatures} from "../../contracts/types/Signatures.sol";
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice The shared vectors of tests/vectors, which Python wrote: both sides count and hash alike.
contract VectorsTest is World {
    using Signatures for bytes;

    string private constant FOLDER = "tests/vectors/";

    function test_Codes_Outcomes() external view {
        string memory json = _read("codes.json");
        _code(json, "Outcome.RECORDED", Codes.Outcome.RECORDED);
        _code(json, "Outcome.NOT_AUTHENTIC", Codes.Outcome.NOT_AUTHENTIC);
        _code(json, "Outcome.ALREADY_RECORDED", Codes.Outcome.ALREADY_RECORDED);
        _code(json, "Outcome.MALFORMED", Codes.Outcome.MALFORMED);
        _code(json, "Outcome.EXPIRED", Codes.Outcome.EXPIRED);
        _code(json, "Outcome.DEADLINE_TOO_FAR", Codes.Outcome.DEADLINE_TOO_FAR);
        _code(json, "Outcome.KEY_NOT_VALID", Codes.Outcome.KEY_NOT_VALID);
        _code(json, "Outcome.KEY_PURPOSE", Codes.Outcome.KEY_PURPOSE);
        _code(json, "Outcome.ORGANISATION_NOT_ACTIVE", Codes.Outcome.ORGANISATION_NOT_ACTIVE);
        _code(json, "Outcome.NOT_COMPETENT", Codes.Outcome.NOT_COMPETENT);
        _code(json, "Outcome.UNKNOWN_DECLARATION", Codes.Outcome.UNKNOWN_DECLARATION);
        _code(json, "Outcome.STALE_HEAD", Codes.Outcome.STALE_HEAD);
        _code(json, "Outcome.REQUEST_NOT_NAMED", Codes.Outcome.REQUEST_NOT_NAMED);
        _code(json, "Outcome.REQUEST_PENDING", Codes.Outcome.REQUEST_PENDING);
        _code(json, "Outcome.TRANSITION_NOT_ALLOWED", Codes.Outcome.TRANSITION_NOT_ALLOWED);
        _code(json, "Outcome.OVERRIDE_NEEDED", Codes.Outcome.OVERRIDE_NEEDED);
        _code(json, "Outcome.LIMIT_INVALID", Codes.Outcome.LIMIT_INVALID);
        _code(json, "Outcome.EFFECTIVE_TOO_EARLY", Codes.Outcome.EFFECTIVE_TOO_EARLY);
        _code(json, "Outcome.EFFECTIVE_TOO_LATE", Codes.Outcome.EFFECTIVE_TOO_LATE);
        _code(json, "Outcome.SUPERSEDES_NOT_PROVEN", Codes.Outcome.SUPERSEDES_NOT_PROVEN);
        _code(json, "Outcome.ALREADY_SUPERSEDED", Codes.Outcome.ALREADY_SUPERSEDED);
        _code(json, "Outcome.UNKNOWN_CONSIGNMENT", Codes.Outcome.UNKNOWN_CONSIGNMENT);
        _code(json, "Outcome.JOIN_NOT_PROVEN", Codes.Outcome.JOIN_NOT_PROVEN);
        _code(json, "Outcome.UNKNOWN_LINK", Codes.Outcome.UNKNOWN_LINK);
        _code(json, "Outcome.MANDATE_MISSING", Codes.Outcome.MANDATE_MISSING);
        _code(json, "Outcome.UNKNOWN_VERSION", Codes.Outcome.UNKNOWN_VERSION);
        _code(json, "Outcome.HOLD_NOT_OPEN", Codes.Outcome.HOLD_NOT_OPEN);
        _code(json, "Outcome.HOLD_ALREADY_OPEN", Codes.Outcome.HOLD_ALREADY_OPEN);
        _code(json, "Outcome.VERSIONS_EXHAUSTED", Codes.Outcome.VERSIONS_EXHAUSTED);
        _code(json, "Outcome.IDENTITY_TAKEN", Codes.Outcome.IDENTITY_TAKEN);
        _code(json, "Outcome.UNKNOWN_ORGANISATION", Codes.Outcome.UNKNOWN_ORGANISATION);
        _code(json, "Outcome.POSSESSION_NOT_PROVEN", Codes.Outcome.POSSESSION_NOT_PROVEN);
        _code(json, "Outcome.APPROVALS_MISSING", Codes.Outcome.APPROVALS_MISSING);
        _code(json, "Outcome.NOTICE_TOO_SHORT", Codes.Outcome.NOTICE_TOO_SHORT);
        _code(json, "Outcome.WINDOW_INVALID", Codes.Outcome.WINDOW_INVALID);
        _code(json, "Outcome.VETO_NOT_POSSIBLE", Codes.Outcome.VETO_NOT_POSSIBLE);
        _code(json, "Outcome.SERIAL_NOT_INCREASING", Codes.Outcome.SERIAL_NOT_INCREASING);
        _code(json, "Outcome.MANAGING_KEYS_NEEDED", Codes.Outcome.MANAGING_KEYS_NEEDED);
        _code(json, "Outcome.UNKNOWN_RECORD_TYPE", Codes.Outcome.UNKNOWN_RECORD_TYPE);
        _size(json, "Outcome", 39);
    }

    function test_Codes_Statuses() external view {
        string memory json = _read("codes.json");
        _code(json, "Status.NONE", Codes.Status.NONE);
        _code(json, "Status.REPORTED", Codes.Status.REPORTED);
        _code(json, "Status.PRE_LODGED", Codes.Status.PRE_LODGED);
        _code(json, "Status.LODGED", Codes.Status.LODGED);
        _code(json, "Status.ACCEPTED", Codes.Status.ACCEPTED);
        _code(json, "Status.RELEASED", Codes.Status.RELEASED);
        _code(json, "Status.CONDITIONALLY_RELEASED", Codes.Status.CONDITIONALLY_RELEASED);
        _code(json, "Status.PARTLY_RELEASED", Codes.Status.PARTLY_RELEASED);
        _code(json, "Status.CLEARED", Codes.Status.CLEARED);
        _code(json, "Status.EXITED", Codes.Status.EXITED);
        _code(json, "Status.REFUSED", Codes.Status.REFUSED);
        _code(json, "Status.SEIZED", Codes.Status.SEIZED);
        _code(json, "Status.RETURNED", Codes.Status.RETURNED);
        _code(json, "Status.RE_EXPORTED", Codes.Status.RE_EXPORTED);
        _code(json, "Status.ABANDONED", Codes.Status.ABANDONED);
        _code(json, "Status.REJECTED", Codes.Status.REJECTED);
        _code(json, "Status.INVALIDATED", Codes.Status.INVALIDATED);
        _code(json, "Status.DESTROYED", Codes.Status.DESTROYED);
        _code(json, "Status.CLOSED", Codes.Status.CLOSED);
        _size(json, "Status", 19);
        _size(json, "DecisionKind", Codes.MAX_DECISION_KIND);
        _size(json, "Leg", Codes.MAX_LEG);
        _size(json, "Regime", Codes.MAX_REGIME);
        _size(json, "Stage", Codes.MAX_STAGE);
        _size(json, "LinkKind", Codes.MAX_LINK_KIND + 1);
        _size(json, "Reason", Codes.MAX_REASON + 1);
        _size(json, "ControlMethod", Codes.MAX_CONTROL_METHOD);
        _size(json, "ControlOutcome", Codes.MAX_CONTROL_OUTCOME);
        _size(json, "SealState", Codes.MAX_SEAL_STATE + 1);
        _code(json, "Reason.OVERRIDE", Codes.REASON_OVERRIDE);
        _code(json, "Risk.FISCAL", (Codes.MAX_RISKS + 1) / 2);
    }

    function test_Codes_OfParticipantsAndFlags() external view {
        string memory json = _read("codes.json");
        _code(json, "OrganisationKind.ADMINISTRATION", Codes.OrganisationKind.ADMINISTRATION);
        _code(json, "OrganisationKind.OPERATOR", Codes.OrganisationKind.OPERATOR);
        _code(json, "OrganisationKind.AGENCY", Codes.OrganisationKind.AGENCY);
        _code(json, "OrganisationKind.AUDITOR", Codes.OrganisationKind.AUDITOR);
        _code(json, "OrganisationStatus.ACTIVE", Codes.OrganisationStatus.ACTIVE);
        _code(json, "OrganisationStatus.SUSPENDED", Codes.OrganisationStatus.SUSPENDED);
        _code(json, "OrganisationStatus.EXPELLED", Codes.OrganisationStatus.EXPELLED);
        _code(json, "OrganisationStatus.SUCCEEDED", Codes.OrganisationStatus.SUCCEEDED);
        _code(json, "AdmissionAction.ADMIT", Codes.AdmissionAction.ADMIT);
        _code(json, "AdmissionAction.SUSPEND", Codes.AdmissionAction.SUSPEND);
        _code(json, "AdmissionAction.REINSTATE", Codes.AdmissionAction.REINSTATE);
        _code(json, "AdmissionAction.EXPEL", Codes.AdmissionAction.EXPEL);
        _code(json, "AdmissionAction.SUCCEED", Codes.AdmissionAction.SUCCEED);
        _code(json, "KeyAction.AUTHORISE", Codes.KeyAction.AUTHORISE);
        _code(json, "KeyAction.SHORTEN", Codes.KeyAction.SHORTEN);
        _code(json, "KeyAction.COMPROMISED", Codes.KeyAction.COMPROMISED);
        _code(json, "KeyAction.VETO", Codes.KeyAction.VETO);
        _code(json, "HoldAction.SET", Codes.HoldAction.SET);
        _code(json, "HoldAction.LIFT", Codes.HoldAction.LIFT);
        _code(json, "Purpose.DECLARE", Codes.PURPOSE_DECLARE);
        _code(json, "Purpose.DECIDE", Codes.PURPOSE_DECIDE);
        _code(json, "Purpose.HOLD", Codes.PURPOSE_HOLD);
        _code(json, "Purpose.MANAGE", Codes.PURPOSE_MANAGE);
        _code(json, "Purpose.READ", Codes.PURPOSE_READ);
        _code(json, "Representation.DIRECT", Codes.REPRESENTATION_DIRECT);
        _code(json, "Representation.INDIRECT", Codes.REPRESENTATION_INDIRECT);
        _code(json, "Flag.AGENCY", Codes.FLAG_AGENCY);
        _code(json, "Flag.OVERRIDDEN", Codes.FLAG_OVERRIDDEN);
        _code(json, "Flag.CLEARED", Codes.FLAG_CLEARED);
        _code(json, "Flag.EXIT_DUE", Codes.FLAG_EXIT_DUE);
        _code(json, "Flag.RECEIVED_OUTSIDE", Codes.FLAG_RECEIVED_OUTSIDE);
        _code(json, "Flag.PARTIAL", Codes.FLAG_PARTIAL);
        _code(json, "Flag.JOINED", Codes.FLAG_JOINED);
    }

    /// @dev Each case: kind 1, status 1, flags 2, ruling 1, outcome 1, next status 1, next flags 2 bytes.
    function test_Lifecycle_EveryKindFromEveryStatusUnderEveryRuling() external view {
        string memory json = _read("lifecycle.json");
        bytes memory cases = vm.parseJsonBytes(json, ".cases");
        _equal(vm.parseJsonUint(json, ".case_bytes"), 9, "bytes of a case");
        _equal(cases.length / 9, vm.parseJsonUint(json, ".count"), "cases");
        _equal(cases.length / 9, 35 * 19 * 16 * 2, "all of them");
        for (uint256 where = 0; where < cases.length; where += 9) {
            uint256 word;
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                word := shr(184, mload(add(add(cases, 0x20), where)))
            }
            _holds(word);
        }
    }

    function test_Lifecycle_LiveAndTerminalStatuses() external view {
        string memory json = _read("lifecycle.json");
        string memory codes = _read("codes.json");
        _equal(_set(json, codes, ".live"), Table.LIVE, "live");
        _equal(_set(json, codes, ".terminal"), Table.TERMINAL, "terminal");
    }

    function test_Heads_EveryFold() external view {
        string memory json = _read("heads.json");
        for (uint256 i = 0; i < 8; ++i) {
            string memory where = string.concat(".cases[", vm.toString(i), "].");
            bytes32 a = vm.parseJsonBytes32(json, string.concat(where, "a"));
            bytes32 b = vm.parseJsonBytes32(json, string.concat(where, "b"));
            bytes32 c = vm.parseJsonBytes32(json, string.concat(where, "c"));
            Head head = Head.wrap(a);
            _folds(json, where, "opened", Head.unwrap(Head.wrap(0).settle(0, a)));
            _folds(json, where, "settled", Head.unwrap(head.settle(b, c)));
            _folds(json, where, "public", head.publish(b, Head.wrap(c)));
            _folds(json, where, "held", Head.unwrap(head.extend(b)));
            _folds(json, where, "joined", Head.unwrap(head.extend(b)));
            _folds(json, where, "organisation", Head.unwrap(head.extend(b)));
        }
    }

    function test_Records_DomainsTypeHashesDigestsAndSigners() external {
        string memory json = _read("records.json");
        _deployAsIn(json);
        _equal(
            consignments.domainSeparator(),
            vm.parseJsonBytes32(json, ".domain.consignments_separator"),
            "domain"
        );
        _equal(
            participants.domainSeparator(),
            vm.parseJsonBytes32(json, ".domain.participants_separator"),
            "domain"
        );
        for (uint256 i = 0; i < 12; ++i) {
            _isRecord(json, string.concat(".records[", vm.toString(i), "]."));
        }
    }

    function signerOf(bytes calldata signature, bytes32 digest) external view returns (address) {
        return signature.signerOf(digest);
    }

    function _holds(uint256 word) private pure {
        Row row = Lifecycle.rowOf(word >> 64);
        (uint256 outcome, uint256 status, uint256 flags) =
            row.decide(uint8(word >> 56), uint16(word >> 40), uint8(word >> 32));
        bool equal = outcome == uint8(word >> 24) && status == uint8(word >> 16) && flags == uint16(word);
        if (!equal) revert(string.concat("case ", vm.toString(word)));
    }

    function _set(string memory json, string memory codes, string memory list)
        private
        view
        returns (uint256 set)
    {
        for (uint256 i = 0; vm.keyExistsJson(json, string.concat(list, "[", vm.toString(i), "]")); ++i) {
            string memory name = vm.parseJsonString(json, string.concat(list, "[", vm.toString(i), "]"));
            set |= 1 << vm.parseJsonUint(codes, string.concat(".lists.Status.", name));
        }
    }

    function _folds(string memory json, string memory where, string memory name, bytes32 found) private pure {
        _equal(found, vm.parseJsonBytes32(json, string.concat(where, name)), name);
    }

    function _isRecord(string memory json, string memory where) private view {
        uint8 recordType = uint8(vm.parseJsonUint(json, string.concat(where, "type")));
        bytes memory body = vm.parseJsonBytes(json, string.concat(where, "body"));
        (bytes32 typeHash, uint256 length) = Records.typeOf(recordType);
        string memory typeString = vm.parseJsonString(json, string.concat(where, "type_string"));
        _equal(typeHash, keccak256(bytes(typeString)), typeString);
        _equal(typeHash, vm.parseJsonBytes32(json, string.concat(where, "type_hash")), "type hash");
        _equal(length, body.length, "length");
        bytes32 digest = _digest(recordType, body);
        _equal(digest, vm.parseJsonBytes32(json, string.concat(where, "digest")), "digest");
        bytes memory signature = vm.parseJsonBytes(json, string.concat(where, "signature"));
        _true(this.signerOf(signature, digest) == vm.parseJsonAddress(json, ".signer"), "signer");
    }

    /// @dev The contracts at the vectors' addresses: code made on another chain finds its separator anew on this one.
    function _deployAsIn(string memory json) private {
        vm.chainId(77);
        IParticipants.Founder[] memory founders = new IParticipants.Founder[](1);
        founders[0] = IParticipants.Founder(A, "AA", vm.addr(_manager(A, 1)), vm.addr(_manager(A, 2)));
        bytes32 network = vm.parseJsonBytes32(json, ".domain.network_id");
        address made = vm.deployCode("Participants.sol:Participants", abi.encode(network, false, founders));
        participants = IParticipants(vm.parseJsonAddress(json, ".domain.participants"));
        vm.etch(address(participants), made.code);
        made = vm.deployCode("Consignments.sol:Consignments", abi.encode(made, address(0)));
        address where = vm.parseJsonAddress(json, ".domain.consignments");
        vm.etch(where, made.code);
        consignments = _at(where);
        vm.chainId(vm.parseJsonUint(json, ".domain.chain_id"));
        (, string memory name, string memory version, uint256 chainId, address contract_,,) =
            _domain(IRecorder(address(consignments)));
        _true(keccak256(bytes(name)) == keccak256(bytes(vm.parseJsonString(json, ".domain.name"))), "name");
        _true(keccak256(bytes(version)) == keccak256("1"), "version");
        _true(chainId == block.chainid && contract_ == where, "chain and contract");
    }

    function _read(string memory name) private view returns (string memory) {
        return vm.readFile(string.concat(FOLDER, name));
    }

    function _code(string memory json, string memory name, uint256 code) private pure {
        _equal(code, vm.parseJsonUint(json, string.concat(".lists.", name)), name);
    }

    function _size(string memory json, string memory list, uint256 size) private pure {
        _equal(vm.parseJsonKeys(json, string.concat(".lists.", list)).length, size, list);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "../types/Records.sol" as Records;
import {IConsignments} from "./IConsignments.sol";
import {IParticipantsReader} from "./IParticipantsReader.sol";

/// @title Whose controls an administration relies on, under which arrangement, and whether it still may
/// @notice Takes record types 8 and 22 to 25. A revocation is written once, where it happens; whoever reads walks up
/// from a recognition to its control, 8 nodes at most. See docs/records.md, "Mutual recognition".
interface IRecognitions is IParticipantsReader {
    /// @notice One administration's reliance on another's control, or on another's recognition of it.
    /// @param parent The digest of the control or recognition on which it rests.
    /// @param declaration The declaration for which it was made; 0: no such recognition.
    /// @param aeo The grant of AEO status on which it rests as well; 0: none.
    /// @param administration Its author.
    /// @param version The version of its declaration for which it was made.
    /// @param verdict Code of Verdict.
    /// @param depth How many recognitions lie between it and the control, itself included.
    /// @param risk The risk areas that it covers, a bit set.
    /// @param withdrawn True once its author has superseded it.
    /// @param effectiveAt When it took effect.
    struct Node {
        bytes32 parent;
        bytes32 declaration;
        bytes32 aeo;
        uint16 administration;
        uint16 version;
        uint8 verdict;
        uint8 depth;
        uint8 risk;
        bool withdrawn;
        uint40 effectiveAt;
    }

    /// @notice What is kept of a control from its first recognition on.
    struct ControlFacts {
        bytes32 declaration;
        bytes32 standard;
        uint16 administration;
        uint16 version;
        uint8 method;
        uint8 outcome;
        uint8 risk;
        uint40 effectiveAt;
        uint40 validUntil;
    }

    /// @notice One version of an arrangement.
    /// @param first The party with the lower id; 0: no such version.
    /// @param validUntil Its end (the first second that is outside): its own, or the next version's start if that is earlier.
    struct Version {
        uint16 first;
        uint16 second;
        uint16 procedures;
        uint8 methods;
        uint8 risks;
        uint40 validFrom;
        uint40 validUntil;
        bytes32 standard;
        bytes32 predecessor;
    }

    /// @notice What stands between two administrations.
    /// @param latest The version recorded last; 0: none.
    /// @param head The fold of their arrangements and suspensions.
    /// @param suspendedByFirst True while the first party suspends new recognitions.
    /// @param suspendedBySecond The same of the second.
    struct Line {
        bytes32 latest;
        bytes32 head;
        bool suspendedByFirst;
        bool suspendedBySecond;
    }

    /// @notice A grant of AEO status.
    /// @param administration The home administration; 0: no such grant.
    /// @param operator Whose status it is.
    /// @param validFrom Start of its validity.
    /// @param validUntil End of its validity.
    /// @param endedFrom Since when it is suspended or withdrawn; 0: it is not.
    struct AeoGrant {
        uint16 administration;
        uint32 operator;
        uint40 validFrom;
        uint40 validUntil;
        uint40 endedFrom;
    }

    /// @notice A request of mutual assistance.
    /// @param administration Who asks; 0: no such request.
    /// @param addressee Who is asked.
    /// @param dueAt Until when.
    /// @param answeredAt Block time of the answer or refusal; 0: none yet.
    /// @param answer Its digest.
    struct AssistanceRequest {
        uint16 administration;
        uint16 addressee;
        uint40 dueAt;
        uint40 answeredAt;
        bytes32 answer;
    }

    /// @notice An administration said how far it relies on a control.
    /// @param digest The record's digest.
    /// @param declaration The declaration for which it was made.
    /// @param author The administration.
    event Recognition(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.Recognition record,
        bytes signature,
        bytes proof
    );

    /// @notice Two administrations agreed on a version of their arrangement.
    /// @param digest The record's digest.
    /// @param first The party with the lower id, which signed.
    /// @param second The other, whose signature is the proof.
    event Arrangement(
        bytes32 indexed digest,
        uint32 indexed first,
        uint32 indexed second,
        Records.Arrangement record,
        bytes signature,
        bytes proof
    );

    /// @notice A party suspended new recognitions, or lets them resume.
    /// @param digest The record's digest.
    /// @param arrangement The latest version.
    /// @param author The party.
    event ArrangementSuspension(
        bytes32 indexed digest,
        bytes32 indexed arrangement,
        uint32 indexed author,
        Records.ArrangementSuspension record,
        bytes signature,
        bytes proof
    );

    /// @notice An operator's home administration granted AEO status, or ended a grant.
    /// @param digest The record's digest.
    /// @param operator The operator.
    /// @param author The administration.
    event AeoStatus(
        bytes32 indexed digest,
        uint32 indexed operator,
        uint32 indexed author,
        Records.AeoStatus record,
        bytes signature,
        bytes proof
    );

    /// @notice An administration asked another for assistance, or the other answered or refused.
    /// @param digest The record's digest.
    /// @param consignment The consignment.
    /// @param author The administration that signed.
    event Assistance(
        bytes32 indexed digest,
        bytes32 indexed consignment,
        uint32 indexed author,
        Records.Assistance record,
        bytes signature,
        bytes proof
    );

    /// @notice Only `consignments` says what a decision relies on.
    error Recognitions_NotConsignments(address caller);

    /// @notice Records one entry of the types that this contract takes, as `record` does: for `Consignments`, and for
    /// anybody. It never reverts for what the entry holds.
    function recordOne(Records.Entry calldata entry) external returns (uint8 outcome, bytes32 digest);

    /// @notice Keeps what a declaration relies on from now on. For `consignments` alone.
    /// @param declaration The declaration.
    /// @param effectiveAt When the decision that relies takes effect.
    /// @param reliance The hash of `relied` that the decision names.
    /// @param relied 1 to 4 digests of recognitions, one after the other.
    /// @return outcome RECORDED, or why the decision may not rely on them.
    function rely(bytes32 declaration, uint256 effectiveAt, bytes32 reliance, bytes calldata relied)
        external
        returns (uint256 outcome);

    /// @notice The law of declarations, which made this contract.
    function consignments() external view returns (IConsignments);

    /// @notice What a declaration relied on last, zeros after the last one. It counts while its state word says so.
    function reliance(bytes32 declaration) external view returns (bytes32[4] memory);

    /// @notice True when one of the recognitions on which the declaration relied last no longer stands.
    function withdrawn(bytes32 declaration) external view returns (bool);

    /// @notice Whether a recognition stands: RECORDED, PARENT_BROKEN or RISK_TOUCHED. Once broken it stays so.
    function standing(bytes32 recognition_) external view returns (uint8);

    /// @notice A recognition; all zero: no such recognition.
    function recognition(bytes32 digest) external view returns (Node memory);

    /// @notice What is kept of a recognised control; all zero: it was never recognised.
    function control(bytes32 digest) external view returns (ControlFacts memory);

    /// @notice A version of an arrangement; all zero: no such version.
    function arrangement(bytes32 digest) external view returns (Version memory);

    /// @notice What stands between two administrations, the lower id first.
    function line(uint16 first, uint16 second) external view returns (Line memory);

    /// @notice A grant of AEO status; all zero: no such grant.
    function aeo(bytes32 digest) external view returns (AeoGrant memory);

    /// @notice A request of mutual assistance; all zero: no such request.
    function assistance(bytes32 digest) external view returns (AssistanceRequest memory);
}

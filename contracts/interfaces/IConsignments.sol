// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import "../types/Records.sol" as Records;
import {IParticipantsReader} from "./IParticipantsReader.sol";
import {IRecognitions} from "./IRecognitions.sol";

/// @title Declarations, what customs decided on them, and what joins them to consignments
/// @notice Takes record types 1 to 7 and 9; hands 16 to 21 to `participants`, 8 and 22 to 25 to `recognitions`. See
/// docs/records.md.
interface IConsignments is IParticipantsReader {
    /// @notice All that the status of a declaration is computed from.
    /// @param settled The settled head; 0: no such declaration.
    /// @param request The digest of the pending request; 0: none.
    /// @param holds The head of the agencies' holds; 0: none yet.
    /// @param state The state word of docs/records.md.
    /// @param authority The OrganisationStatus of the competent administration now. EXPELLED reads as "authority
    /// withdrawn".
    /// @param reliance 0: it relies on no recognition; else a code of Reliance.
    struct Standing {
        bytes32 settled;
        bytes32 request;
        bytes32 holds;
        uint256 state;
        uint8 authority;
        uint8 reliance;
    }

    /// @notice A declaration was recorded.
    /// @param digest Its digest, which is its id.
    /// @param consignment The consignment that it opened (its own digest) or joined.
    /// @param declarant Its declarant; 0: received outside the ledger by the administration.
    event Declaration(
        bytes32 indexed digest,
        bytes32 indexed consignment,
        uint32 indexed declarant,
        Records.Declaration record,
        bytes signature,
        bytes proof
    );

    /// @notice The declarant asks for an amendment.
    /// @param digest The record's digest.
    /// @param declaration The declaration's id.
    /// @param author The organisation that signed: the declarant or its agent.
    event AmendmentRequest(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.AmendmentRequest record,
        bytes signature,
        bytes proof
    );

    /// @notice The declarant asks for the declaration to be invalidated. Topics as for an amendment.
    event InvalidationRequest(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.InvalidationRequest record,
        bytes signature,
        bytes proof
    );

    /// @notice The goods were presented to customs. Topics as for an amendment.
    event PresentationNotice(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.PresentationNotice record,
        bytes signature,
        bytes proof
    );

    /// @notice Customs decided.
    /// @param digest The record's digest.
    /// @param declaration The declaration's id.
    /// @param author The administration that signed.
    event Decision(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.Decision record,
        bytes signature,
        bytes proof
    );

    /// @notice Customs controlled. Topics as for a decision.
    event Control(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.Control record,
        bytes signature,
        bytes proof
    );

    /// @notice Another government agency set or lifted its hold.
    /// @param digest The record's digest.
    /// @param declaration The declaration's id.
    /// @param author The agency that signed.
    event Hold(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.Hold record,
        bytes signature,
        bytes proof
    );

    /// @notice The content of a version was erased wherever it is kept; what the chain holds stays.
    /// @param digest The record's digest.
    /// @param declaration The declaration's id.
    /// @param author The organisation that signed: the administration, the declarant or its agent.
    event Erasure(
        bytes32 indexed digest,
        bytes32 indexed declaration,
        uint32 indexed author,
        Records.Erasure record,
        bytes signature,
        bytes proof
    );

    /// @notice The predecessor given to the constructor holds no code.
    error Consignments_PredecessorWithoutCode(address predecessor);

    /// @notice The contract that says who relies on whose controls. The constructor made it.
    function recognitions() external view returns (IRecognitions);

    /// @notice The former version of this contract, whose declarations stay there; 0: this is the first.
    function predecessor() external view returns (address);

    /// @notice A declaration as it stands.
    /// @param id The digest of its Declaration record.
    /// @return settled Its settled head; 0: no such declaration.
    /// @return state Its state word.
    function declaration(bytes32 id) external view returns (bytes32 settled, uint256 state);

    /// @notice A consignment.
    /// @param id The digest of its opening declaration.
    /// @return head Its head: the fold of the declarations that joined, from its id on; 0: no such consignment.
    /// @return joinKey The address whose signature lets a declaration join.
    function consignment(bytes32 id) external view returns (bytes32 head, address joinKey);

    /// @notice All that a declaration's status is computed from; all zero: no such declaration.
    function status(bytes32 id) external view returns (Standing memory);

    /// @notice `status` of many declarations at once, in the order of `ids`.
    function statusMany(bytes32[] calldata ids) external view returns (Standing[] memory);

    /// @notice A declaration's heads; all zero: no such declaration.
    /// @return settled The settled head.
    /// @return request The pending request; 0: none.
    /// @return holds The head of the agencies' holds.
    /// @return publicHead The hash of the three: it changes whenever anything was recorded on the declaration.
    function heads(bytes32 id)
        external
        view
        returns (bytes32 settled, bytes32 request, bytes32 holds, bytes32 publicHead);

    /// @notice True while the agency's own hold on the declaration is open.
    function holdOpen(bytes32 id, uint32 agency) external view returns (bool);

    /// @notice How many agencies' holds are open on the declaration.
    function openHolds(bytes32 id) external view returns (uint256);

    /// @notice Per risk area, lowest first, 16 bits: the version in which an amendment touched it last; 0: none did.
    function touched(bytes32 id) external view returns (uint256);

    /// @notice True once a decision or control was superseded.
    function superseded(bytes32 digest) external view returns (bool);

    /// @notice The digest of the record that erased a version's content; 0: none did.
    function erasure(bytes32 id, uint16 version) external view returns (bytes32);
}

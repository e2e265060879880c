// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {IConsignments} from "../../contracts/interfaces/IConsignments.sol";
import {IParticipants} from "../../contracts/interfaces/IParticipants.sol";
import {IRecognitions} from "../../contracts/interfaces/IRecognitions.sol";
import {IRecorder} from "../../contracts/interfaces/IRecorder.sol";
import "../../contracts/types/Codes.sol" as Codes;
import "../../contracts/types/Records.sol" as Records;
import {State} from "../../contracts/types/State.sol";
import {Vm} from "./Vm.sol";

/// @notice Who may have signed what was recorded, by docs/records.md "Authorship and refusal" and the public views of
/// `Participants` alone. Changes take effect a second later, so that the views tell who was who during the same block.
contract Entitlement {
    IConsignments private immutable _CONSIGNMENTS;
    IParticipants private immutable _PARTICIPANTS;

    error NotARecord();

    constructor(IConsignments consignments, IParticipants participants) {
        (_CONSIGNMENTS, _PARTICIPANTS) = (consignments, participants);
    }

    /// @notice True when the key that signed is one of the author whom the record names.
    function isAuthentic(Records.Entry calldata entry) external view returns (bool) {
        (bytes32 typeHash, uint256 length) = Records.typeOf(entry.recordType);
        if (typeHash == 0 || entry.body.length != length) return false;
        bytes32 structHash = keccak256(bytes.concat(typeHash, entry.body));
        bytes32 digest =
            keccak256(abi.encodePacked(hex"1901", _homeOf(entry.recordType).domainSeparator(), structHash));
        (uint32 owner,,,,) = _PARTICIPANTS.keyAt(_recover(digest, entry.signature), 0);
        if (entry.recordType == Records.ADMISSION) return owner != 0 && owner <= type(uint16).max;
        uint256 author = _authorOf(entry.recordType, entry.body);
        uint256 greatest =
            _byAdministration(entry.recordType, entry.body) ? type(uint16).max : type(uint32).max;
        return owner != 0 && owner == author && author <= greatest;
    }

    /// @notice True when whoever signed the event's record may sign it: a valid key with the purpose, of the author, who
    /// may act and is competent.
    function holds(Vm.Log calldata log, State state) external view returns (bool) {
        uint8 recordType = _typeOf(log.topics[0]);
        (, uint256 length) = Records.typeOf(recordType);
        bytes calldata body = log.data[:length];
        (uint32 owner, uint32 office) = _validSigner(log, recordType, body);
        if (owner == 0) return false;
        if (recordType == Records.ADMISSION) return owner <= type(uint16).max;
        if (owner != _authorOf(recordType, body)) return false;
        if (recordType == Records.DECISION) return _mayRule(owner, office, _word(body, 5), state);
        if (recordType == Records.CONTROL) return _mayRule(owner, office, _word(body, 4), state);
        if (recordType == Records.RECOGNITION) {
            bool active = _PARTICIPANTS.organisation(owner).status == Codes.OrganisationStatus.ACTIVE;
            return active && _mayRule(owner, office, _word(body, 6), state);
        }
        if (recordType == Records.ERASURE) return _mayErase(owner, office, body, state);
        return _mayAct(recordType, owner, body, state);
    }

    /// @dev Whose valid key with the purpose signed, and its office; 0: nobody's.
    function _validSigner(Vm.Log calldata log, uint8 recordType, bytes calldata body)
        private
        view
        returns (uint32, uint32)
    {
        uint256 place = _word(log.data, body.length / 32);
        address signer = _recover(log.topics[1], log.data[place + 32:place + 97]);
        (uint32 owner, uint8 purposes, uint32 office, bool valid,) =
            _PARTICIPANTS.keyAt(signer, uint40(block.timestamp));
        return
            valid && purposes & _purposeOf(recordType, body) != 0 ? (owner, office) : (uint32(0), uint32(0));
    }

    function _mayRule(uint32 owner, uint32 office, uint256 namedOffice, State state)
        private
        view
        returns (bool)
    {
        uint8 status = _PARTICIPANTS.organisation(owner).status;
        bool acts = status == Codes.OrganisationStatus.ACTIVE || status == Codes.OrganisationStatus.SUSPENDED;
        return acts && (office == 0 || office == namedOffice)
            && _PARTICIPANTS.competent(state.administration(), owner);
    }

    function _mayErase(uint32 owner, uint32 office, bytes calldata body, State state)
        private
        view
        returns (bool)
    {
        if (_word(body, 5) != 0) return _mayRule(owner, office, 0, state);
        if (_PARTICIPANTS.organisation(owner).status != Codes.OrganisationStatus.ACTIVE) return false;
        if (_word(body, 3) != state.declarant()) return false;
        return _word(body, 4) == 0 || _isMandated(uint32(_word(body, 3)), owner);
    }

    function _mayAct(uint8 recordType, uint32 owner, bytes calldata body, State state)
        private
        view
        returns (bool)
    {
        uint8 status = _PARTICIPANTS.organisation(owner).status;
        bool ownHouse = recordType == Records.KEY_AUTHORISATION
            || recordType == Records.ADMINISTRATION_SETTING || recordType == Records.ENCRYPTION_KEY;
        bool finishes = ownHouse || recordType >= Records.ARRANGEMENT_SUSPENSION;
        bool suspended = status == Codes.OrganisationStatus.SUSPENDED && finishes;
        if (status != Codes.OrganisationStatus.ACTIVE && !suspended) return false;
        if (recordType == Records.HOLD) {
            return _PARTICIPANTS.competent(state.administration(), _PARTICIPANTS.organisation(owner).sponsor);
        }
        if (recordType > Records.PRESENTATION_NOTICE) return true;
        uint256 declarant = _word(body, 2);
        if (recordType != Records.DECLARATION && declarant != state.declarant()) return false;
        return _word(body, 3) == 0 || _isMandated(uint32(declarant), owner);
    }

    function _isMandated(uint32 declarant, uint32 agent) private view returns (bool) {
        IParticipants.AgentMandate memory mandate = _PARTICIPANTS.mandate(declarant, agent);
        return mandate.validFrom <= block.timestamp && block.timestamp < mandate.validUntil;
    }

    function _authorOf(uint8 recordType, bytes calldata body) private pure returns (uint256) {
        if (recordType == Records.DECISION) return _word(body, 4);
        if (recordType == Records.CONTROL) return _word(body, 3);
        if (recordType == Records.HOLD) return _word(body, 2);
        if (recordType == Records.RECOGNITION) return _word(body, 5);
        if (recordType >= 16) return _word(body, 0);
        if (recordType == Records.ERASURE) {
            if (_word(body, 5) != 0) return _word(body, 5);
            return _word(body, 4) != 0 ? _word(body, 4) : _word(body, 3);
        }
        if (_word(body, 3) != 0) return _word(body, 3);
        if (_word(body, 2) != 0 || recordType != Records.DECLARATION) return _word(body, 2);
        return _word(body, 4);
    }

    function _byAdministration(uint8 recordType, bytes calldata body) private pure returns (bool) {
        if (recordType == Records.DECLARATION) return _word(body, 2) == 0 && _word(body, 3) == 0;
        if (recordType == Records.ERASURE) return _word(body, 5) != 0;
        return recordType == Records.DECISION || recordType == Records.CONTROL
            || recordType == Records.OPERATOR_STATUS || recordType == Records.ADMINISTRATION_SETTING
            || recordType == Records.RECOGNITION || recordType >= Records.ARRANGEMENT;
    }

    function _purposeOf(uint8 recordType, bytes calldata body) private pure returns (uint256) {
        if (recordType == Records.DECISION || recordType == Records.CONTROL) return Codes.PURPOSE_DECIDE;
        if (recordType == Records.RECOGNITION || recordType >= Records.AEO_STATUS) {
            return Codes.PURPOSE_DECIDE;
        }
        if (recordType == Records.HOLD) return Codes.PURPOSE_HOLD;
        if (recordType == Records.GRANT) return Codes.PURPOSE_DECLARE;
        if (recordType >= 16) return Codes.PURPOSE_MANAGE;
        return _byAdministration(recordType, body) ? Codes.PURPOSE_DECIDE : Codes.PURPOSE_DECLARE;
    }

    /// @dev 65 bytes, low s, v 27 or 28; else nobody.
    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address) {
        if (signature.length != 65) return address(0);
        uint256 s = _word(signature, 1);
        if (s > 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0) return address(0);
        return ecrecover(digest, uint8(signature[64]), bytes32(_word(signature, 0)), bytes32(s));
    }

    function _typeOf(bytes32 name) private pure returns (uint8) {
        if (name == IConsignments.Declaration.selector) return Records.DECLARATION;
        if (name == IConsignments.AmendmentRequest.selector) return Records.AMENDMENT_REQUEST;
        if (name == IConsignments.InvalidationRequest.selector) return Records.INVALIDATION_REQUEST;
        if (name == IConsignments.PresentationNotice.selector) return Records.PRESENTATION_NOTICE;
        if (name == IConsignments.Decision.selector) return Records.DECISION;
        if (name == IConsignments.Control.selector) return Records.CONTROL;
        if (name == IConsignments.Hold.selector) return Records.HOLD;
        if (name == IConsignments.Erasure.selector) return Records.ERASURE;
        if (name == IParticipants.EncryptionKey.selector) return Records.ENCRYPTION_KEY;
        if (name == IParticipants.Admission.selector) return Records.ADMISSION;
        if (name == IParticipants.OperatorStatus.selector) return Records.OPERATOR_STATUS;
        if (name == IParticipants.KeyAuthorisation.selector) return Records.KEY_AUTHORISATION;
        if (name == IParticipants.AdministrationSetting.selector) return Records.ADMINISTRATION_SETTING;
        if (name == IParticipants.Grant.selector) return Records.GRANT;
        return _typeOfRecognitions(name);
    }

    function _typeOfRecognitions(bytes32 name) private pure returns (uint8) {
        if (name == IRecognitions.Recognition.selector) return Records.RECOGNITION;
        if (name == IRecognitions.Arrangement.selector) return Records.ARRANGEMENT;
        if (name == IRecognitions.ArrangementSuspension.selector) return Records.ARRANGEMENT_SUSPENSION;
        if (name == IRecognitions.AeoStatus.selector) return Records.AEO_STATUS;
        if (name == IRecognitions.Assistance.selector) return Records.ASSISTANCE;
        revert NotARecord();
    }

    function _homeOf(uint8 recordType) private view returns (IRecorder) {
        bool recognitions = recordType == Records.RECOGNITION || recordType >= Records.ARRANGEMENT;
        if (recognitions) return IRecorder(address(_CONSIGNMENTS.recognitions()));
        return recordType < 16 ? IRecorder(_CONSIGNMENTS) : IRecorder(_PARTICIPANTS);
    }

    function _word(bytes calldata data, uint256 field) private pure returns (uint256) {
        return uint256(bytes32(data[field * 32:field * 32 + 32]));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Recorder} from "./Recorder.sol";
import {IParticipants} from "./interfaces/IParticipants.sol";
import {Author} from "./types/Author.sol";
import {OrganisationKind, OrganisationStatus, PURPOSE_MANAGE} from "./types/Codes.sol";
import {Head} from "./types/Heads.sol";
import {Key, newKey} from "./types/Key.sol";
import {Mandate} from "./types/Mandate.sol";
import {Organisation, newOrganisation} from "./types/Organisation.sol";

/// @title What is stored of participants, keys and mandates, and its views
abstract contract ParticipantStore is IParticipants, Recorder {
    uint256 internal constant FOR_EVER = type(uint40).max;

    /// @inheritdoc IParticipants
    bool public immutable development;

    mapping(uint32 id => Organisation) internal _organisations;
    mapping(uint32 id => Head) internal _heads;
    mapping(address signer => Key) internal _keys;
    mapping(uint32 id => address[]) internal _managingKeys;
    mapping(uint32 declarant => mapping(uint32 agent => Mandate)) internal _mandates;
    mapping(bytes2 country => uint16) internal _administrationOf;
    uint16[] internal _administrations;
    Head internal _council;
    mapping(uint32 id => uint32 version) internal _encryptionVersions;

    constructor(bool development_, Founder[] memory founders) {
        if (development_ != (block.chainid == 31_337 || block.chainid == 1337)) {
            revert Participants_WrongChain(block.chainid, development_);
        }
        if (founders.length == 0) revert Participants_NoFounder();
        development = development_;
        _council = Head.wrap(keccak256(abi.encode(founders)));
        for (uint256 i = 0; i < founders.length; ++i) {
            Founder memory f = founders[i];
            if (!_isFounderValid(f)) revert Participants_FounderInvalid(i);
            _enrol(f.administration, f.country, block.timestamp, 0, [f.firstKey, f.secondKey]);
            emit Founding(f.administration, f.country, f.firstKey, f.secondKey);
        }
    }

    /// @inheritdoc IParticipants
    function competent(uint16 administration, uint32 organisation_) external view returns (bool) {
        uint16 current = administration;
        while (current != organisation_) {
            current = _organisations[current].successorAt(block.timestamp);
            if (current == 0) return false;
        }
        return true;
    }

    /// @inheritdoc IParticipants
    function organisation(uint32 id) external view returns (Participant memory) {
        Organisation word = _organisations[id];
        return Participant({
            kind: uint8(word.kind()),
            status: uint8(word.statusAt(block.timestamp)),
            nextStatus: uint8(word.lastStatus()),
            statusFrom: word.statusFrom(),
            country: word.country(),
            sponsor: word.sponsor(),
            successor: word.successor(),
            backdating: word.isA(OrganisationKind.ADMINISTRATION) ? word.backdatingAt(block.timestamp) : 0,
            mark: word.mark(),
            head: Head.unwrap(_heads[id])
        });
    }

    /// @inheritdoc IParticipants
    function organisationHead(uint32 id) external view returns (bytes32) {
        return Head.unwrap(_heads[id]);
    }

    /// @inheritdoc IParticipants
    function key(address signer) external view returns (RegisteredKey memory) {
        Key word = _keys[signer];
        return RegisteredKey({
            organisation: word.organisation(),
            purposes: word.purposes(),
            office: word.office(),
            notBefore: word.notBefore(),
            notAfter: word.notAfter(),
            compromisedSince: word.compromisedSince(),
            unshortened: word.unshortened()
        });
    }

    /// @inheritdoc IParticipants
    function keyAt(address signer, uint40 time)
        external
        view
        returns (uint32 owner, uint8 purposes, uint32 office, bool valid, bool disputed)
    {
        Key word = _keys[signer];
        uint40 since = word.compromisedSince();
        return (
            word.organisation(),
            word.purposes(),
            word.office(),
            word.validAt(time),
            since != 0 && since <= time
        );
    }

    /// @inheritdoc IParticipants
    function managingKeys(uint32 id) external view returns (address[] memory) {
        return _managingKeys[id];
    }

    /// @inheritdoc IParticipants
    function administrationOf(bytes2 country) external view returns (uint16) {
        return _administrationOf[country];
    }

    /// @inheritdoc IParticipants
    function activeAdministrations() external view returns (uint16[] memory active) {
        active = new uint16[](_countActive());
        uint256 found = 0;
        for (uint256 i = 0; found < active.length; ++i) {
            if (_isActiveNow(_administrations[i])) active[found++] = _administrations[i];
        }
    }

    /// @inheritdoc IParticipants
    function approvalsNeeded() external view returns (uint256) {
        return _approvalsNeeded();
    }

    /// @inheritdoc IParticipants
    function councilHead() external view returns (bytes32) {
        return Head.unwrap(_council);
    }

    /// @inheritdoc IParticipants
    function mandate(uint32 declarant, uint32 agent) external view returns (AgentMandate memory) {
        Mandate word = _mandates[declarant][agent];
        return AgentMandate({
            serial: word.serial(),
            representation: word.representation(),
            administration: word.administration(),
            legs: word.legs(),
            validFrom: word.validFrom(),
            validUntil: word.validUntil()
        });
    }

    /// @inheritdoc IParticipants
    function mandateOf(uint32 declarant, uint32 agent)
        external
        view
        returns (Mandate word, Organisation giver, Organisation sponsor)
    {
        giver = _organisations[declarant];
        return (_mandates[declarant][agent], giver, _sponsorOf(giver));
    }

    /// @inheritdoc IParticipants
    function backdating(uint16 administration) external view returns (uint32) {
        return _organisations[administration].backdatingAt(block.timestamp);
    }

    /// @inheritdoc IParticipants
    function encryptionVersion(uint32 id) external view returns (uint32) {
        return _encryptionVersions[id];
    }

    /// @inheritdoc IParticipants
    function signedBy(address signer, uint256 author, uint256 administration)
        external
        view
        returns (Key word, Organisation organisation_, Organisation sponsor, Organisation addressed)
    {
        return _authority(signer, author, administration);
    }

    /// @inheritdoc IParticipants
    function competentFor(uint16 administration) public view returns (uint16 current, Organisation word) {
        current = administration;
        word = _organisations[current];
        uint16 next = word.successorAt(block.timestamp);
        while (next != 0) {
            current = next;
            word = _organisations[current];
            next = word.successorAt(block.timestamp);
        }
    }

    function _lookUp(Author author, uint256 id, uint256 addressed) internal view override {
        uint256 place = author.place();
        (Key word, Organisation organisation_, Organisation sponsor, Organisation other) =
            _authority(author.signer(), id, addressed);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(place, word)
            mstore(add(place, 0x20), organisation_)
            mstore(add(place, 0x40), sponsor)
            mstore(add(place, 0x60), other)
        }
    }

    /// @dev A stranger's entry ends at the key, whatever it names.
    function _authority(address signer, uint256 author, uint256 administration)
        private
        view
        returns (Key word, Organisation organisation_, Organisation sponsor, Organisation addressed)
    {
        word = _keys[signer];
        uint256 owner = word.organisation();
        if (owner != author && (author != ANY_ADMINISTRATION || owner > type(uint16).max)) {
            return (Key.wrap(0), organisation_, sponsor, addressed);
        }
        organisation_ = _organisations[uint32(owner)];
        if (administration != 0) {
            addressed = _organisations[uint32(administration)];
            if (!addressed.warns()) return (word, organisation_, sponsor, addressed);
        }
        sponsor = _sponsorOf(organisation_);
    }

    function _sponsorOf(Organisation member) internal view returns (Organisation word) {
        uint16 sponsor = member.sponsor();
        // slither-disable-next-line unused-return  only the standing counts
        if (sponsor != 0) (, word) = competentFor(sponsor);
    }

    function _isActiveNow(uint32 administration) internal view returns (bool) {
        return _organisations[administration].isAt(OrganisationStatus.ACTIVE, block.timestamp);
    }

    function _countActive() internal view returns (uint256 count) {
        for (uint256 i = 0; i < _administrations.length; ++i) {
            if (_isActiveNow(_administrations[i])) ++count;
        }
    }

    function _approvalsNeeded() internal view returns (uint256) {
        return (2 * _countActive() + 2) / 3;
    }

    /// @dev A new administration with two managing keys, all from `from` on.
    function _enrol(uint16 id, bytes2 country, uint256 from, uint256 mark, address[2] memory keys) internal {
        Organisation word = newOrganisation(OrganisationKind.ADMINISTRATION, from, country, 0, mark);
        bool warns = _administrations.length != 0 && _organisations[_administrations[0]].warns();
        _organisations[id] = warns ? word.withWarning() : word;
        _administrations.push(id);
        _administrationOf[country] = id;
        for (uint256 i = 0; i < 2; ++i) {
            _keys[keys[i]] = newKey(id, PURPOSE_MANAGE, 0, from, FOR_EVER);
            _managingKeys[id].push(keys[i]);
        }
    }

    function _isKnown(uint32 id) internal view returns (bool) {
        return !_organisations[id].isA(OrganisationKind.NONE);
    }

    function _isKeyTaken(address signer) internal view returns (bool) {
        return _keys[signer].organisation() != 0;
    }

    function _isFounderValid(Founder memory f) private view returns (bool) {
        return f.administration != 0 && !_isKnown(f.administration) && f.country != 0
            && _administrationOf[f.country] == 0 && f.firstKey != address(0) && f.secondKey != address(0)
            && f.firstKey != f.secondKey && !_isKeyTaken(f.firstKey) && !_isKeyTaken(f.secondKey);
    }
}

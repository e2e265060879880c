// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {Key} from "../types/Key.sol";
import {Mandate} from "../types/Mandate.sol";
import {Organisation} from "../types/Organisation.sol";
import "../types/Records.sol" as Records;
import {IRecorder} from "./IRecorder.sol";

/// @title Who takes part, with which keys, for whom
/// @notice Takes record types 16 to 21. Authority is judged by block time; a change that is recorded takes effect one
/// second after its block at the earliest, or at the time that it names. See docs/records.md.
interface IParticipants is IRecorder {
    /// @notice An administration of the first hour.
    struct Founder {
        uint16 administration;
        bytes2 country;
        address firstKey;
        address secondKey;
    }

    /// @notice A participant as it stands now.
    /// @param kind Code of OrganisationKind; 0: no such participant.
    /// @param status Code of OrganisationStatus now.
    /// @param nextStatus The status recorded last, which counts from `statusFrom` on.
    /// @param statusFrom When `nextStatus` takes, or took, effect.
    /// @param country Of an administration: ISO 3166 alpha-2 or a customs territory.
    /// @param sponsor Of others: the administration that admitted it.
    /// @param successor Of an administration: who takes over at `statusFrom`; 0: nobody.
    /// @param backdating How far back `effectiveAt` may lie before this administration now, in seconds.
    /// @param mark 1: the council, not the predecessor, made it a successor.
    /// @param head The organisation's head.
    struct Participant {
        uint8 kind;
        uint8 status;
        uint8 nextStatus;
        uint40 statusFrom;
        bytes2 country;
        uint16 sponsor;
        uint16 successor;
        uint32 backdating;
        uint8 mark;
        bytes32 head;
    }

    /// @notice A registered key.
    /// @param organisation Whose it is, for ever; 0: no such key.
    /// @param purposes What it may sign, a bit set.
    /// @param office The only customs office for which it decides; 0: any.
    /// @param notBefore Start of its window.
    /// @param notAfter End of its window (the first second that is outside).
    /// @param compromisedSince Records that it made from then on are disputed; 0: none are.
    /// @param unshortened End of its window before a shortening that may be vetoed until `notAfter`; 0: none.
    struct RegisteredKey {
        uint32 organisation;
        uint8 purposes;
        uint32 office;
        uint40 notBefore;
        uint40 notAfter;
        uint40 compromisedSince;
        uint40 unshortened;
    }

    /// @notice A declarant's mandate to an agent.
    struct AgentMandate {
        uint64 serial;
        uint8 representation;
        uint16 administration;
        uint8 legs;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// @notice The constructor enrolled a founding administration, active from its block's time on.
    /// @param administration The administration.
    /// @param country ISO 3166-1 alpha-2.
    /// @param firstKey One managing key.
    /// @param secondKey The other.
    event Founding(uint16 indexed administration, bytes2 country, address firstKey, address secondKey);

    /// @notice The council, or its predecessor, changed the standing of an administration.
    /// @param digest The record's digest.
    /// @param administration The administration.
    /// @param author The administration whose key gave the first approval.
    event Admission(
        bytes32 indexed digest,
        uint32 indexed administration,
        uint32 indexed author,
        Records.Admission record,
        bytes signature,
        bytes proof
    );

    /// @notice An administration admitted an operator, agency or auditor, or changed its status.
    /// @param digest The record's digest.
    /// @param organisation The operator, agency or auditor.
    /// @param author The administration.
    event OperatorStatus(
        bytes32 indexed digest,
        uint32 indexed organisation,
        uint32 indexed author,
        Records.OperatorStatus record,
        bytes signature,
        bytes proof
    );

    /// @notice A managing key acted on a key of its organisation.
    /// @param digest The record's digest.
    /// @param organisation The organisation.
    /// @param key The key that was authorised, shortened, flagged or vetoed.
    event KeyAuthorisation(
        bytes32 indexed digest,
        uint32 indexed organisation,
        address indexed key,
        Records.KeyAuthorisation record,
        bytes signature,
        bytes proof
    );

    /// @notice An administration set how far back an effective time may lie.
    /// @param digest The record's digest.
    /// @param administration The administration.
    /// @param author The same.
    event AdministrationSetting(
        bytes32 indexed digest,
        uint32 indexed administration,
        uint32 indexed author,
        Records.AdministrationSetting record,
        bytes signature,
        bytes proof
    );

    /// @notice A declarant gave, changed or withdrew an agent's mandate.
    /// @param digest The record's digest.
    /// @param declarant The declarant.
    /// @param agent The agent.
    event Grant(
        bytes32 indexed digest,
        uint32 indexed declarant,
        uint32 indexed agent,
        Records.Grant record,
        bytes signature,
        bytes proof
    );

    /// @notice A managing key published an encryption key of its organisation.
    /// @param digest The record's digest.
    /// @param organisation The organisation.
    /// @param version Which of its encryption keys it is.
    event EncryptionKey(
        bytes32 indexed digest,
        uint32 indexed organisation,
        uint32 indexed version,
        Records.EncryptionKey record,
        bytes signature,
        bytes proof
    );

    /// @notice A development network was declared on a production chain id, or the other way round.
    error Participants_WrongChain(uint256 chainId, bool development);

    /// @notice There is no founder.
    error Participants_NoFounder();

    /// @notice This founder's id, country or keys are missing, malformed, or taken by a former one.
    error Participants_FounderInvalid(uint256 index);

    /// @notice Records one entry of types 16 to 21, as `record` does, for `Consignments` and for anybody: it never
    /// reverts for what the entry holds, and leaves nothing but what the entry's author signed.
    /// @return outcome What became of it.
    /// @return digest Its digest; 0 when its type or length is unknown.
    function recordOne(Records.Entry calldata entry) external returns (uint8 outcome, bytes32 digest);

    /// @notice On what the author of a record that `signer` signed stands, in one call: packed words, 0 for what does not
    /// exist. Its selector is the lowest here, so that the call which every record makes is found first.
    /// @param signer The recovered key.
    /// @param author The organisation that the record names as its author; 0: any administration.
    /// @param administration A further administration to look up, for a Declaration; 0: none.
    /// @return key The signer's registration; 0, and all others with it: it is not a key of the author's.
    /// @return organisation The author.
    /// @return sponsor The administration that answers for the author now: its sponsor or the sponsor's successor. 0 beside
    /// a further administration as long as no administration was ever expelled: it would say nothing that matters.
    /// @return addressed The further administration.
    function signedBy(address signer, uint256 author, uint256 administration)
        external
        view
        returns (Key key, Organisation organisation, Organisation sponsor, Organisation addressed);

    /// @notice An agent's mandate, packed, with the declarant who gave it and who answers for the declarant now.
    function mandateOf(uint32 declarant, uint32 agent)
        external
        view
        returns (Mandate word, Organisation giver, Organisation sponsor);

    /// @notice Who is competent now for what was addressed to `administration`: itself, or who took over from it.
    /// @return successor The competent administration's id.
    /// @return word The same administration, packed.
    function competentFor(uint16 administration) external view returns (uint16 successor, Organisation word);

    /// @notice True when `organisation` is `administration` or has taken over from it.
    function competent(uint16 administration, uint32 organisation) external view returns (bool);

    /// @notice True on a network for development: delays are 0 and the chain id is a well-known development one.
    function development() external view returns (bool);

    /// @notice A participant as it stands now; all zero: no such participant.
    function organisation(uint32 id) external view returns (Participant memory);

    /// @notice The fold of an organisation's own records; 0: none yet.
    function organisationHead(uint32 id) external view returns (bytes32);

    /// @notice A key's registration; all zero: no such key.
    function key(address signer) external view returns (RegisteredKey memory);

    /// @notice A key as of a time.
    /// @return owner Whose it is; 0: no such key.
    /// @return purposes What it may sign.
    /// @return office Its office.
    /// @return valid True when its window holds that time.
    /// @return disputed True when it was reported as compromised since then or before.
    function keyAt(address signer, uint40 time)
        external
        view
        returns (uint32 owner, uint8 purposes, uint32 office, bool valid, bool disputed);

    /// @notice The managing keys that may still count for an organisation, ended ones possibly among them.
    function managingKeys(uint32 id) external view returns (address[] memory);

    /// @notice The administration last admitted for a country; 0: none ever was.
    function administrationOf(bytes2 country) external view returns (uint16);

    /// @notice The administrations that are active now, in the order of their admission.
    function activeAdministrations() external view returns (uint16[] memory);

    /// @notice How many approvals an admission needs now, its signature included: two thirds, rounded up.
    function approvalsNeeded() external view returns (uint256);

    /// @notice The fold of all admissions since the founders.
    function councilHead() external view returns (bytes32);

    /// @notice A declarant's mandate to an agent as granted last; all zero: none.
    function mandate(uint32 declarant, uint32 agent) external view returns (AgentMandate memory);

    /// @notice How far back an effective time may lie before an administration now, in seconds.
    function backdating(uint16 administration) external view returns (uint32);

    /// @notice The version of the encryption key that an organisation published last; 0: none. The keys are in the events.
    function encryptionVersion(uint32 id) external view returns (uint32);
}

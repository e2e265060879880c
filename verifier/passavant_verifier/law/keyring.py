"""What a managing key does with the keys of its organisation: signing keys and encryption keys."""

from typing import Final

from passavant_verifier.codes import EncryptionSuite, KeyAction, OrganisationKind, Outcome, Purpose
from passavant_verifier.keccak import keccak256
from passavant_verifier.law.entry import Entry, check_key, need
from passavant_verifier.law.forms import is_well_formed, purposes_fit
from passavant_verifier.law.participants import Participants
from passavant_verifier.layout import Key
from passavant_verifier.records import Record, signer_of

_LEAST_MANAGING_KEYS: Final = 2
_ML_KEM_768: Final = 1184
"""Length of an encapsulation key in bytes (FIPS 203)."""


def key_authorisation(state: Participants, entry: Entry) -> None:
    """Check a KeyAuthorisation and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, author = entry.record, entry.author
    head = keccak256(record.word("orgHead"), entry.digest)
    need(head != state.head(author), Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    if record.number("action") == KeyAction.AUTHORISE:
        kind = state.organisation(author).kind
        need(purposes_fit(record.number("purposes"), kind), Outcome.MALFORMED)
    check_key(entry, state.keys[entry.signer], Purpose.MANAGE)
    need(state.may_keep_keys(author, entry.time), Outcome.ORGANISATION_NOT_ACTIVE)
    need(record.word("orgHead") == state.head(author), Outcome.STALE_HEAD)
    _act(state, entry)
    state.heads[author] = head


def encryption_key(state: Participants, entry: Entry) -> None:
    """Check an EncryptionKey and take it in.

    Raises:
        RefusedError: a rule refuses it.
    """
    record, author = entry.record, entry.author
    head = keccak256(record.word("orgHead"), entry.digest)
    need(head != state.head(author), Outcome.ALREADY_RECORDED)
    need(is_well_formed(record), Outcome.MALFORMED)
    check_key(entry, state.keys[entry.signer], Purpose.MANAGE)
    need(state.may_keep_keys(author, entry.time), Outcome.ORGANISATION_NOT_ACTIVE)
    need(record.word("orgHead") == state.head(author), Outcome.STALE_HEAD)
    version = record.number("version")
    need(version == state.encryption_versions.get(author, 0) + 1, Outcome.UNKNOWN_VERSION)
    until = record.number("notAfter")
    need(until > record.number("notBefore") and until > entry.time + 1, Outcome.WINDOW_INVALID)
    if record.number("suite") == EncryptionSuite.HYBRID:
        entry.needs_proof(lambda proof: _is_whole(record, proof), Outcome.ENCRYPTION_KEY_INVALID)
    entry.conclude()
    state.heads[author] = head
    state.encryption_versions[author] = version


def _is_whole(record: Record, proof: bytes) -> bool:
    return len(proof) == _ML_KEM_768 and keccak256(proof) == record.word("hybrid")


def _act(state: Participants, entry: Entry) -> None:
    action, address = entry.record.number("action"), entry.record.address("key")
    if action == KeyAction.AUTHORISE:
        _authorise(state, entry, address)
        return
    key = state.keys.get(address)
    need(key is not None and key.organisation == entry.author, Outcome.NOT_COMPETENT)
    changes = {KeyAction.SHORTEN: _shortened, KeyAction.COMPROMISED: _compromised, KeyAction.VETO: _vetoed}
    changed = changes[KeyAction(action)](state, entry, state.keys[address])
    entry.conclude()
    state.keys[address] = changed


def _authorise(state: Participants, entry: Entry, address: bytes) -> None:
    record, time = entry.record, entry.time
    start, until, purposes = (record.number(name) for name in ("notBefore", "notAfter", "purposes"))
    need(address not in state.keys, Outcome.IDENTITY_TAKEN)
    need(time < start < until, Outcome.WINDOW_INVALID)
    if purposes == Purpose.MANAGE:
        need(start >= time + state.notice(), Outcome.NOTICE_TOO_SHORT)
        need(state.has_room(entry.author, time), Outcome.WINDOW_INVALID)
    entry.needs_proof(lambda proof: signer_of(entry.digest, proof) == address, Outcome.POSSESSION_NOT_PROVEN)
    entry.conclude()
    state.keys[address] = Key(entry.author, purposes, record.number("office"), start, until)
    if purposes == Purpose.MANAGE:
        state.add_managing_key(entry.author, address, time)


def _shortened(state: Participants, entry: Entry, key: Key) -> Key:
    until, time = entry.record.number("notAfter"), entry.time
    need(time < until < key.not_after, Outcome.WINDOW_INVALID)
    if not key.purposes & Purpose.MANAGE:
        return key._replace(not_after=until)
    need(until >= time + state.notice(), Outcome.NOTICE_TOO_SHORT)
    if state.organisation(key.organisation).kind == OrganisationKind.ADMINISTRATION:
        others = [one for one in state.managing[key.organisation] if one != entry.record.address("key")]
        # One that could still be vetoed is not in effect, and does not count.
        lasting = [one for one in others if state.keys[one].valid_at(time) and state.keys[one].valid_at(until)]
        need(len(lasting) >= _LEAST_MANAGING_KEYS, Outcome.MANAGING_KEYS_NEEDED)
    # A veto gives back the window from before the first shortening that had not taken effect.
    return key._replace(not_after=until, unshortened=key.unshortened or key.not_after)


def _compromised(_: Participants, entry: Entry, key: Key) -> Key:
    since = entry.record.number("compromisedSince")
    earlier = key.compromised_since == 0 or since < key.compromised_since
    need(since <= entry.time and earlier, Outcome.WINDOW_INVALID)
    return key._replace(compromised_since=since)


def _vetoed(_: Participants, entry: Entry, key: Key) -> Key:
    need(entry.signer != entry.record.address("key"), Outcome.VETO_NOT_POSSIBLE)
    if key.purposes & Purpose.MANAGE and entry.time < key.not_before < key.not_after:
        return key._replace(not_after=key.not_before, unshortened=0)
    need(key.unshortened and entry.time < key.not_after, Outcome.VETO_NOT_POSSIBLE)
    return key._replace(not_after=key.unshortened, unshortened=0)

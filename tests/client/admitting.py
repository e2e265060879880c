"""A third administration, admitted by the council while the network runs, with keys and an identity in its home."""

import time
from dataclasses import replace

from eth_abi.abi import encode as abi_encode

from ledger.chain import open_signer
from ledger.chain.rpc import Rpc
from ledger.chain.signers import LocalSigner
from ledger.chain.views import Views
from ledger.client import Client, Entry, RecordProgress
from ledger.desk.publishing import publish_key
from ledger.domain.codes import AdmissionAction, KeyAction, Purpose
from ledger.domain.keccak import keccak256
from ledger.domain.records import Admission, KeyAuthorisation
from ledger.domain.wire import Digest, Head
from ledger.home import Home, Identity, write_private
from ledger.sealing import DecryptionKey, keys_to_json

DE, NAME = 276, "customs-de"
_HOUR, _YEARS = 3_600, 10 * 365 * 86_400
_KEYS = {role: LocalSigner(keccak256(f"{NAME} {role}".encode())) for role in ("daily", "first", "second")}


def environment() -> dict[str, str]:
    """Its private keys, as the home's configuration names them."""
    return {f"DE_{role.upper()}": keccak256(f"{NAME} {role}".encode()).hex() for role in _KEYS}


def admit(home: Home, client: Client) -> Home:
    """Have customs-gb and customs-fr admit it; the home in which it takes part."""
    views = Views(Rpc(home.rpc), client.network)
    now = int(time.time())
    admission = Admission(
        administration=DE,
        country=b"DE",
        action=AdmissionAction.ADMIT,
        council_head=views.council_head(),
        first_key=_KEYS["first"].address,
        second_key=_KEYS["second"].address,
        effective_at=now + 1,
        deadline=now + _HOUR,
    )
    digest = client.domains.digest(admission)
    voices = [open_signer(home.identity(name).managers[0]) for name in ("customs-gb", "customs-fr")]
    first, second = (one.sign(client.domains.of(admission), admission) for one in voices)
    possessions = [_KEYS[role].sign_digest(digest) for role in ("first", "second")]
    _recorded(client, Entry(admission, first, abi_encode(["bytes[]", "bytes[]"], ([second], possessions))))
    time.sleep(2)
    _recorded(client, _daily_key(client))
    key = DecryptionKey.generate(DE, 1)
    _final(client, publish_key(client, _KEYS["first"], key.public))
    time.sleep(2)
    return _at_home(home, key)


def _daily_key(client: Client) -> Entry:
    shown, now = client.participant(DE), int(time.time())
    assert shown is not None
    record = KeyAuthorisation(
        organisation=DE,
        org_head=Head(shown.head),
        key=_KEYS["daily"].address,
        action=KeyAction.AUTHORISE,
        purposes=Purpose.DECIDE | Purpose.READ,
        not_before=now + 2,
        not_after=now + _YEARS,
        deadline=now + _HOUR,
    )
    digest = client.domains.digest(record)
    return Entry(record, _KEYS["first"].sign(client.domains.of(record), record), _KEYS["daily"].sign_digest(digest))


def _at_home(home: Home, key: DecryptionKey) -> Home:
    write_private(home.path / "keys" / f"{NAME}.encryption.json", keys_to_json([key]))
    identity = Identity(
        organisation=DE,
        signer="env:DE_DAILY",
        kind="ADMINISTRATION",
        administration=DE,
        country="DE",
        jurisdictions=("DE",),
        title="Zoll (Germany)",
        managers=("env:DE_FIRST", "env:DE_SECOND"),
        encryption=f"file:keys/{NAME}.encryption.json",
    )
    grown = replace(home, participants={**home.participants, NAME: identity})
    grown.save()
    return grown


def _recorded(client: Client, entry: Entry) -> None:
    [taken] = client.submit([entry])
    _final(client, taken.digest)


def _final(client: Client, digest: Digest) -> None:
    [told] = client.wait([digest], 60)
    assert told.progress is RecordProgress.FINAL, told

"""After an erasure nothing that is left leads back to the content: not the chain, not the gateway's database.

A declaration of a parcel is lodged, its content sealed and handed to a gateway in a process of its own; it is erased by
order, and the gateway destroys what it has. Then an attacker with all that is left, and with every field but the ones
in question, tries all 10^6 S10 serials of a prefix, and all HS codes by countries by values of a small parcel. The
same attack opens the same content where it was not salted.
"""

import base64
import os
import secrets
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, replace

import httpx
import pytest

from ledger.chain.rpc import Rpc, as_bytes
from ledger.chain.signers import open_local_signer
from ledger.client import Client, Custody, Sealed, Subject
from ledger.devnet import Devnet
from ledger.devnet.gateway import Gateway, free_port
from ledger.domain.commitment import commit, salt_of
from ledger.home import Home
from ledger.sealing import Payload, seal, wrap_for
from passavant_verifier.audit.command import SESSION_VARIABLE
from tests.api.running import Participant
from tests.attacks.dictionary import attack, candidates, s10_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

ITEM = "Declaration/GoodsShipment[1]/GovernmentAgencyGoodsItem[1]"
PARCEL = f"{ITEM}/AdditionalDocument[1]/ID[1]"
CODE, ORIGIN, VALUE = (
    f"{ITEM}/Commodity[1]/Classification[1]/ID[1]",
    f"{ITEM}/Origin[1]/CountryCode[1]",
    f"{ITEM}/StatisticalValueAmount[1]",
)
TRUE = {PARCEL: "LX473124829GB", CODE: "610910", ORIGIN: "CN", VALUE: "12.00"}
KNOWN = {"Declaration/FunctionCode[1]": "9", "Declaration/InvoiceAmount[1]/@currencyID": "GBP"}
SERIALS = {PARCEL: s10_of("LX47", "GB")}
"""Every serial number of the operator's prefix."""
GOODS = {
    CODE: [f"{chapter:02}{heading:04}" for chapter in (61, 62, 64, 85, 95) for heading in range(910, 930)],
    ORIGIN: ["BD", "CN", "DE", "GB", "IN", "IT", "TR", "US", "VN", "FR"],
    VALUE: [f"{pounds}.00" for pounds in range(1, 136)],
}
"""The domain: 100 subheadings of five chapters that parcels are full of, ten origins, every round value up to £135."""


@dataclass
class Sample:
    """A declaration as it was lodged, and where its content went."""

    declaration: bytes
    payload: Payload
    sealed: Sealed
    key: bytes


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    home = tmp_path_factory.mktemp("erased") / "home"
    with Devnet(home, gateway=False) as chain:
        theirs = replace(chain.home, database="sqlite:///gateway.sqlite", index_key="gateway.key")
        gateway = Gateway(theirs, home, free_port())
        with httpx.Client(base_url=gateway.url, timeout=30) as web:
            yield chain, web
        gateway.stop()


@pytest.fixture
def another(network, tmp_path):
    """Makes gateways of a third store, one after the other."""
    theirs = replace(network[0].home, database=f"sqlite:///{tmp_path}/third.sqlite", index_key="third.key")
    made = []

    def start():
        made.append(Gateway(theirs, tmp_path, free_port()))
        return made[-1]

    yield start
    for gateway in made:
        gateway.stop()


@pytest.fixture(scope="module")
def erased(network):
    """A declaration whose content was erased everywhere, as far as the network reaches."""
    chain, web = network
    platform = Participant.of(chain.home, "platform", web).log_in()
    customs = Participant.of(chain.home, "customs-gb", web).log_in()
    one = lodge(chain.home, platform)
    url = f"/v1/payloads/0x{one.payload.root.hex()}"
    assert customs.get(url).status_code == 200
    for name in ("store", "gateway"):
        files = [file.read_bytes() for file in chain.home.path.glob(f"{name}.sqlite*")]
        assert [content for content in files if one.sealed.ciphertext[64:96] in content]
    told = passavant(chain.home, "erase", f"0x{one.declaration.hex()}", "--all", "--order", "--as", "customs-gb")
    assert told.returncode == 0, told.stderr
    while customs.get(url).status_code != 404:
        time.sleep(0.1)  # pytest's timeout ends what never happens
    return one, platform, url


def lodge(home: Home, platform: Participant) -> Sample:
    """Lodge a declaration, and hand its sealed content to the gateway and to the client's own store."""
    payload = Payload("tests/parcel", secrets.token_bytes(32), tuple({**KNOWN, **TRUE}.items()))
    root, schema = f"0x{payload.root.hex()}", f"0x{payload.schema_id.hex()}"
    record = {**platform.declaration(826), "commitment": root, "schema": schema}
    taken = platform.post(platform.signed("Declaration", record)).json()
    assert platform.settled(f"/v1/records/{taken['id']}")["state"] == "final"
    declaration = bytes.fromhex(taken["id"][2:])
    sealed, key = seal(Subject(declaration, payload.root, payload.schema_id), payload.to_bytes())
    with Client.open(home.settings()) as client:
        client.sync()
        published = [client.encryption_key(organisation) for organisation in (platform.organisation, 826)]
        wraps = [wrap_for(one, sealed, key) for one in published if one]
        client.put_sealed(sealed, wraps, Custody(platform.organisation))
    assert put(platform, payload, sealed, wraps).status_code == 200
    return Sample(declaration, payload, sealed, key)


def put(platform: Participant, payload: Payload, sealed: Sealed, wraps) -> httpx.Response:
    body = {
        "declaration": f"0x{sealed.subject.declaration.hex()}",
        "schema": f"0x{payload.schema_id.hex()}",
        "ciphertext": base64.b64encode(sealed.ciphertext).decode(),
        "wraps": [
            {
                "recipient": one.recipient,
                "keyVersion": one.key_version,
                "suite": int(one.suite),
                "wrap": base64.b64encode(one.wrapped).decode(),
            }
            for one in wraps
        ],
    }
    return platform.web.put(f"/v1/payloads/0x{payload.root.hex()}", json=body, headers=platform.headers)


def passavant(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ledger.cli", *arguments]
    environment = {**os.environ, "PASSAVANT_HOME": str(home.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def on_the_chain(home: Home) -> list[bytes]:
    """The data of every event."""
    with_logs = Rpc(home.rpc)
    logs = with_logs.call("eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"})
    with_logs.close()
    return [as_bytes(log["data"]) for log in logs]


def in_databases(home: Home) -> list[bytes]:
    """Every value of bytes in the tables of all stores."""
    found = []
    for file in home.path.glob("*.sqlite"):
        with sqlite3.connect(file) as connection:
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
        found += [value for row in rows for value in row if isinstance(value, bytes)]
    return found


def test_neither_content_nor_keys_nor_salts_are_left(network, erased):
    home, one = network[0].home, erased[0]
    files = {file: file.read_bytes() for file in home.path.rglob("*") if file.is_file() and file.suffix != ".log"}
    assert {"store.sqlite", "gateway.sqlite"} <= {file.name for file in files}
    salts = [salt_of(one.payload.seed, path) for path in TRUE]
    parts = [one.sealed.ciphertext[start : start + 32] for start in range(64, len(one.sealed.ciphertext) - 64, 512)]
    for secret in (one.payload.seed, one.key, *salts, *parts, TRUE[PARCEL].encode()):
        assert [file.name for file, content in files.items() if secret in content] == []
    assert not any(secret in data for data in on_the_chain(home) for secret in (one.payload.seed, *salts))


def test_it_can_not_be_handed_in_again(erased):
    one, platform, url = erased
    wraps = [wrap_for(platform_key(one), one.sealed, one.key)]
    again = put(platform, one.payload, one.sealed, wraps)
    assert (again.status_code, "erased" in again.json()["detail"]) == (409, True)
    assert platform.get(url).status_code == 404


def platform_key(one: Sample):
    from ledger.sealing import DecryptionKey

    return DecryptionKey.generate(100_001, 1).public


def test_it_is_told_from_what_is_lost(network, erased):
    one, platform, _ = erased
    [version] = platform.get(f"/v1/declarations/0x{one.declaration.hex()}").json()["versions"]
    assert (version["erased"]["cause"], version["erased"]["author"]) == ("ORDERED", 826)
    assert version["erasedHereAt"]
    assert passavant(network[0].home, "replay").returncode == 0


def test_the_audit_still_finds_nothing_amiss(network, erased, tmp_path):
    """Chain, storage and what the gateway answers to an auditor, the erased version among it."""
    chain, web = network
    auditor = open_local_signer(chain.home.identity("auditor").signer)
    descriptor = str(chain.home.path / "network.json")
    where = ["--network", descriptor, "--rpc", chain.home.rpc, "--gateway", str(web.base_url)]
    command = [sys.executable, "-m", "passavant_verifier.audit.command", *where]
    environment = {**os.environ, SESSION_VARIABLE: auditor._key.secret.hex()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing diverges" in done.stdout


def test_a_gateway_that_was_down_makes_up_for_it_when_it_starts(network, another, tmp_path):
    home = network[0].home
    first = another()
    with httpx.Client(base_url=first.url, timeout=30) as web:
        one = lodge(home, Participant.of(home, "platform", web).log_in())
    first.stop()
    assert any(one.sealed.ciphertext[64:96] in file.read_bytes() for file in tmp_path.glob("third.sqlite*"))
    told = passavant(home, "erase", f"0x{one.declaration.hex()}", "--all", "--order", "--as", "customs-gb")
    assert told.returncode == 0, told.stderr
    another()
    while any(one.sealed.ciphertext[64:96] in file.read_bytes() for file in tmp_path.glob("third.sqlite*")):
        time.sleep(0.1)  # pytest's timeout ends what never happens


def test_no_seed_that_could_be_found_opens_it(network, erased):
    """If one did, the dictionary would find the content with it; so only the true content need be tried."""
    home, one = network[0].home, erased[0]
    material = [*on_the_chain(home), *in_databases(home)]
    seeds = {*candidates(material), bytes(32), *(value[:32] for value in in_databases(home) if len(value) > 31)}
    assert len(seeds) > 500
    fields = {**KNOWN, **TRUE}
    assert not [seed for seed in seeds if commit(one.payload.schema_id, fields, seed).root == one.payload.root]


@pytest.mark.parametrize("guesses", [SERIALS, GOODS], ids=["serials", "goods"])
def test_the_dictionary_opens_what_is_not_salted_and_not_what_was_erased(erased, guesses):
    one = erased[0]
    known = {**KNOWN, **{path: value for path, value in TRUE.items() if path not in guesses}}
    control = commit(one.payload.schema_id, {**KNOWN, **TRUE}, bytes(32)).root
    found = attack(control, one.payload.schema_id, known, guesses, bytes(32))
    assert found == {path: TRUE[path] for path in guesses}
    assert attack(one.payload.root, one.payload.schema_id, known, guesses, bytes(32)) is None

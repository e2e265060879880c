"""The demo: a network on this machine, and what happens to six consignments on it.

Every line that starts with $ is a command that anybody can type; every claim that is printed is checked first, and the
program ends with exit code 1 when one is wrong. PASSAVANT_SAMPLES: a folder with more WCO DM messages to take in.
"""

import contextlib
import io
import json
import os
import secrets
import sys
import time
import urllib.error
from pathlib import Path

from ledger.chain import Network, Rpc
from ledger.chain.abi import entry_of, record_call
from ledger.chain.rpc import as_int, hexed
from ledger.chain.signers import LocalSigner
from ledger.chain.transactions import Transaction, sign_transaction
from ledger.cli import render
from ledger.cli.app import command
from ledger.domain.codes import DecisionKind
from ledger.domain.records import Decision
from ledger.domain.signing import SignedRecord
from ledger.home import Home
from scripts.recognition import Recognition
from scripts.stage import MESSAGES, OWN, WrongStory, expect, get, post, receipt_of, say, short, temporary_home
from scripts.testimony import Testimony

EXPORT_MRN = "25GB7QK2M9ZT4XW1A3"
IMPORT_MRN = "25FR00128B4M7QX9K2"
LOW_VALUE_MRN = "25FR00128C8T2WL4D5"
TABLEWARE_MRN = "25FR00128D1P6RZ7B7"
PLANTS_MRN = "25FR00128E5H9VN2J8"
PARCEL = "LA718402658GB"


class Story(Testimony, Recognition):
    """The scenes."""

    def set_the_stage(self) -> None:
        """Start the network."""
        self.scene("A network of our own: a chain, three contracts, eight participants, one gateway")
        began = time.monotonic()
        told = self.run("devnet", "up", "--detach")
        expect(told["ready"] and told["gateway"], "the network is up")
        say(f"  up after {time.monotonic() - began:.0f} s; node {told['rpc']}, gateway {told['gateway']}")
        self.network = Home.load(self.home)
        for one in self.network.participants.values():
            say(f"  {one.title:<32} {one.kind.lower():<15} no. {one.organisation}")
        say("The gateway's own key pays for transactions and has no say: every record is signed by its author's key.")

    def lodge(self) -> None:
        """One consignment, an export and an import declaration."""
        self.scene("The platform lodges two declarations for one consignment")
        say("Tamarind Lane Market sells eight T-shirts and two headphones from Leeds to Lyon.")
        ticket = self.home / "ticket.json"
        first = self.write("declare", MESSAGES / "export.xml", "--ticket", ticket, "--as", "platform")
        say("Opening a consignment gives a ticket. Whoever gets it may join the same consignment; nobody else can.")
        second = self.write("declare", MESSAGES / "import.xml", "--join", ticket, "--as", "platform")
        export = self.status(first["declaration"], "platform", "LODGED")
        imported = self.status(second["declaration"], "platform", "PRE_LODGED")
        expect(export["consignment"] == imported["consignment"], "both are of one consignment")
        say(f"Both belong to consignment {short(export['consignment'])}. On the chain: salted commitments, no data.")
        self.imported = second["declaration"]

    def export(self) -> None:
        """The exporting administration controls and releases."""
        self.scene("The exporting administration controls and releases")
        say("British customs take in the notices that their own system has sent, under their own key.")
        self.take_in("customs-gb", "export-02-registered.xml", "export-01-accepted.xml", "export-05-control.xml")
        held = self.status(EXPORT_MRN, "platform", "HELD")
        expect([hold["action"] for hold in held["holds"]] == ["CONTROL"], "a control holds it")
        say("The Heathrow office opens the parcel; its key signs for that office alone.")
        control = ["--method", "physical", "--outcome", "none-found", "--risk", "security,safety"]
        self.write("control", EXPORT_MRN, *control, "--as", "customs-gb-heathrow")
        self.take_in("customs-gb", "export-08-released.xml", "export-09-cleared.xml", "export-16-exited.xml")
        self.status(EXPORT_MRN, "platform", "EXITED")
        say("That is the export leg. It says nothing about the import: each leg has a track of its own.")

    def imports(self) -> None:
        """The importing administration asks for documents, grants an amendment, releases, clears."""
        self.scene("The importing administration asks for documents, grants an amendment, releases and clears")
        self.take_in("customs-fr", "import-02-registered.xml", "import-01-accepted.xml", "import-06-documents.xml")
        held = self.status(IMPORT_MRN, "platform", "HELD")
        expect([hold["action"] for hold in held["holds"]] == ["DOCUMENTS"], "documents are required")
        say("The documents show twelve T-shirts, not eight: the platform asks for an amendment, and customs grant it.")
        self.write("amend", MESSAGES / "import-cor.xml", "--as", "platform")
        self.take_in("customs-fr", "import-11-granted.xml")
        amended = self.status(IMPORT_MRN, "platform", "HELD")
        expect(amended["version"] == 2, "the declaration has a second version")  # noqa: PLR2004
        say("  version 2 is in force")
        self.take_in("customs-fr", "import-13-final.xml", "import-08-released.xml")
        released = self.status(IMPORT_MRN, "platform", "RELEASED")
        expect((released["regime"], released["deliver"], released["holds"]) == ("HOME_USE", "YES", []), "home use")
        self.take_in("customs-fr", "import-09-cleared.xml")
        cleared = self.status(IMPORT_MRN, "platform", "RELEASED")
        expect(cleared["cleared"] and cleared["debt"] == "FINAL", "cleared, the debt is final")
        say("  released for home use, cleared; the debt is final")

    def history(self) -> None:
        """Who did what."""
        self.scene("Who did what, when, with which key: the court of audit looks at the import")
        told = self.run("provenance", self.imported, "--as", "auditor")
        names = {one.organisation: one.title for one in reversed(list(self.network.participants.values()))}
        head = None
        for entry in told["entries"]:
            what = render.words((entry["fields"] or {}).get("kind", ""))
            did = f"{render.spaced(entry['type'])}{f': {what}' if what else ''}"
            where = f"block {entry['block']:>2}, key {short(entry['key'])}, head {short(entry['headAfter'])}"
            say(f"  {names[entry['by']]:<22}{did:<30}{where}")
            expect(head in {None, entry["headBefore"]}, "each head continues the one before")
            head = entry["headAfter"]
        expect(len(told["entries"]) >= 9, "nine records or more")  # noqa: PLR2004
        say("Each head is the hash of the one before it and of the record: nothing can be left out or put in later.")

    def partly(self) -> None:
        """A second consignment is detained, one item of it refused, the rest released."""
        self.scene("A second consignment is detained; one item of it is refused, the rest released")
        self.write("declare", MESSAGES / "low-value.xml", "--as", "platform")
        self.take_in("customs-fr", "low-value-01-accepted.xml")
        self.write("decide", LOW_VALUE_MRN, "detain", "--reason", "risk", "--as", "customs-fr")
        held = self.status(LOW_VALUE_MRN, "platform", "HELD")
        expect([hold["action"] for hold in held["holds"]] == ["DETENTION"], "detained")
        say("Item 2, handbags with a well-known mark, are counterfeits.")
        self.write("decide", LOW_VALUE_MRN, "refuse", "--items", "2", "--reason", "compliance", "--as", "customs-fr")
        self.write("decide", LOW_VALUE_MRN, "release", "--as", "customs-fr")
        told = self.status(LOW_VALUE_MRN, "platform", "PARTLY_RELEASED")
        parts = {part["decided"]["kind"]: [item["number"] for item in part["items"]] for part in told["parts"]}
        expect(parts == {"REFUSE": [2]} and told["deliver"] == "THOSE_ONLY", "item 2 is refused, the rest is released")
        say("  refused: item 2; released: all others")

    def invalidated(self) -> None:
        """A third is invalidated."""
        self.scene("A third declaration is invalidated, because the platform asks for it")
        self.write("declare", MESSAGES / "tableware.xml", "--as", "platform")
        self.take_in("customs-fr", "tableware-01-accepted.xml")
        self.write("invalidate", "--file", MESSAGES / "tableware-inv.xml", "--as", "platform")
        self.take_in("customs-fr", "tableware-10-invalidated.xml")
        self.status(TABLEWARE_MRN, "platform", "INVALIDATED")

    def held(self) -> None:
        """An agency holds a fourth."""
        self.scene("An agency holds a fourth: live plants")
        self.plants = self.write("declare", MESSAGES / "plants.xml", "--as", "platform")["declaration"]
        self.take_in("customs-fr", "plants-01-accepted.xml")
        self.write("hold", PLANTS_MRN, "set", "--reason", "compliance", "--as", "safety-fr")
        told = self.status(PLANTS_MRN, "platform", "HELD")
        expect([hold["action"] for hold in told["holds"]] == ["AGENCY"], "the agency holds it")
        say("Customs can't release over it without saying why:")
        refused = self.run("decide", PLANTS_MRN, "release", "--as", "customs-fr", code=1)
        expect("OVERRIDE_NEEDED" in json.dumps(refused), "a reasoned override is needed")
        say("  refused: OVERRIDE_NEEDED")
        self.status(PLANTS_MRN, "platform", "HELD")

    def refused(self) -> None:
        """Somebody without competence tries to release."""
        self.scene("British customs try to release what lies with French customs")
        say(f"Chevron Express declares a toy car that Bazar du Canal has sold; its tracking number is {PARCEL}.")
        self.parcel = self.write("declare", OWN / "parcel.xml", "--as", "express")["declaration"]
        told = self.run("decide", self.parcel, "release", "--as", "customs-gb", code=1)
        expect((told["progress"], told["outcome"]) == ("REFUSED", "NOT_COMPETENT"), f"not competent: {told}")
        say(f"  refused: {told['outcome']}")
        self.status(self.parcel, "express", "PRE_LODGED")

    def reader(self) -> None:
        """A platform that did not declare asks by tracking number."""
        self.scene("A platform that did not declare asks by tracking number: is it released?")
        path = f"/v1/consignments/{PARCEL}/status?for=FR"
        token = self.session("bazaar")
        before = get(f"{self.network.gateway}{path}", token)
        expect(before["answer"] == "NOT_FOUND_OR_NOT_ENTITLED", "nobody may ask before the declarant allows it")
        say("Before the carrier allows it, the answer is the same as for a number that does not exist:")
        say(f"  GET {path}   {before['answer']}")
        self.run("readers", "grant", PARCEL, "bazaar", "--as", "express")
        self.write("decide", self.parcel, "clear", "--as", "customs-fr")
        told = get(f"{self.network.gateway}{path}", token)
        expect((told["answer"], told["deliver"]) == ("RELEASED", "YES"), f"released: {told}")
        fresh = told["asOf"]
        expect(fresh["reachable"] and fresh["lag"] == 0, "the answer is fresh")
        say("The gateway knows Bazar du Canal by a challenge that its key has signed:")
        say(f"  GET {path}   {told['answer']}, deliver: {told['deliver'].lower()}")
        say(f"  as of block {fresh['block']}, {fresh['time']}, {fresh['lag']} blocks behind the chain")

    def outsider(self) -> None:
        """An outsider's attempt leaves no trace."""
        self.scene("An outsider, with a key that nobody admitted, signs a release in the name of French customs")
        network = Network.load(self.home / self.network.network)
        rpc = Rpc(self.network.rpc)
        outsider = LocalSigner(secrets.token_bytes(32))
        before = len(self.feed())
        forged = self._forged(network, outsider)
        status = self._post_record(forged)
        expect(400 <= status < 500, f"the gateway takes nothing from an outsider, but answered {status}")  # noqa: PLR2004
        say(f"  to the gateway: answer {status}, nothing is kept")
        data = record_call([entry_of(forged)])
        raw = sign_transaction(Transaction(network.chain_id, 0, network.consignments, data, 5_000_000), outsider)
        rpc.call("eth_sendRawTransaction", hexed(raw.raw))
        rpc.call("evm_mine")
        receipt = receipt_of(rpc, raw.hash)
        expect(as_int(receipt["status"]) == 0 and receipt["logs"] == [], "the contract refuses it and tells nobody")
        say("  past the gateway, straight to the chain: the contract reverts, without an event")
        self.status(PLANTS_MRN, "platform", "HELD")
        expect(len(self.feed()) == before, "no event was added")
        say(f"  the ledger has {before} events, as before")

    def rebuild(self) -> None:
        """The read model is rebuilt from the chain and agrees."""
        self.scene("Both read models are rebuilt from the chain alone, and compared")
        for place in ([], *(["--home", str(one)] for one in set(self.apart.values()))):
            told = self.run("replay", *place)
            expect(told["differences"] == [] and told["rows"] > 0, "they agree")
            say(f"  {told['rows']} rows up to block {told['block']['number']}: no difference")

    def samples(self, folder: Path) -> None:
        """More messages."""
        self.scene(f"More messages, as they come in the field: {folder}")
        say(f"$ passavant ingest {folder} --as customs-gb")
        began = time.monotonic()
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            ended = command(["ingest", str(folder), "--as", "customs-gb"])
        expect(ended in {0, 1}, f"messages are taken in (exit code {ended})")
        say(*output.getvalue().rstrip().splitlines())
        refusals = ", 1: a file can't be read or a record was refused, named above" if ended else ""
        say(f"  {time.monotonic() - began:.0f} s, exit code {ended}{refusals}")
        told = self.run("replay")
        expect(told["differences"] == [], "the rebuilt read model agrees")
        say(f"  rebuilt: {told['rows']} rows, no difference")

    def _forged(self, network: Network, outsider: LocalSigner) -> SignedRecord:
        from ledger.client import Client
        from ledger.domain.wire import DeclarationId

        declaration = DeclarationId(bytes.fromhex(self.plants[2:]))
        with Client.open(self.network.settings()) as client:
            state = client.state(declaration)
        if state is None:
            raise WrongStory("the plants are declared")
        now = int(time.time())
        record = Decision(
            declaration=declaration,
            prev=state.settled,
            administration=self.network.organisation("customs-fr"),
            kind=DecisionKind.RELEASE,
            effective_at=now,
            deadline=now + 3_600,
        )
        return SignedRecord(record, outsider.sign(network.domains.of(record), record))

    def _post_record(self, forged: SignedRecord) -> int:
        from ledger.domain.signing import typed_data

        network = Network.load(self.home / self.network.network)
        message = typed_data(network.domains.of(forged.record), forged.record)["message"]
        body = {"type": type(forged.record).__name__, "record": message, "signature": hexed(forged.signature)}
        try:
            post(f"{self.network.gateway}/v1/records", body)
        except urllib.error.HTTPError as error:
            return error.code
        return 202


def tell(home: Path) -> None:
    """Tell the whole story."""
    story = Story(home)
    scenes = (
        story.set_the_stage,
        story.lodge,
        story.export,
        story.imports,
        story.history,
        story.partly,
        story.invalidated,
        story.held,
        story.refused,
        story.reader,
        story.content,
        story.moved_out,
        story.recognised,
        story.revoked,
        story.to_do,
        story.shown,
        story.asked,
        story.outsider,
        story.rebuild,
        story.witnesses,
        story.disclosed,
        story.receipt,
        story.erased,
    )
    for scene in scenes:
        scene()
    samples = os.environ.get("PASSAVANT_SAMPLES")
    if samples:
        story.samples(Path(samples))


def main() -> int:
    """Tell the story; 1 when something in it is not so."""
    began = time.monotonic()
    print("Passavant: what happens to six consignments, and what everybody can know about them")
    try:
        with temporary_home() as home:
            tell(home)
    except WrongStory as wrong:
        print(f"\ndemo: this is not so: {wrong}", file=sys.stderr)
        return 1
    print(f"\nThe end, after {time.monotonic() - began:.0f} s. Everything told above was checked while it was told.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

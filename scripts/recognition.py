"""The demo's scenes of mutual recognition: one control that is relied on, one that can't be, one that is revoked."""

import json
import time
from datetime import datetime
from pathlib import Path

from ledger.home import Home
from scripts.stage import MESSAGES, Stage, ask, expect, get, say, short

PATIENCE = 30.0
BASIS = "EU-UK TCA, Protocol on mutual administrative assistance"
QUESTION = "Whose seal was it, and was our parcel opened?"
ANSWER = "The next parcel's on the same belt. Yours was never opened."

PLAN = {
    "first": "FR",
    "second": "GB",
    "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"],
    "methods": ["PHYSICAL", "NON_INTRUSIVE"],
    "risks": ["SECURITY", "SAFETY"],
    "validUntil": "2036-01-01",
    "annex": {"hsChapters": ["61", "85"], "aeoProgrammes": ["EU AEOS", "UK AEOS"], "disclosureProfile": "arrangement"},
}


class Recognition(Stage):
    """The scenes, about a consignment of their own, between two homes.

    Attributes:
        leaving: its export declaration.
        arriving: its import declaration.
        control: the control that was recognised.
        begins: when the arrangement does (seconds, UTC).
    """

    leaving: str
    arriving: str
    control: str
    begins: float
    imported = ""

    def moved_out(self) -> None:
        """French customs get a home, a store and a gateway of their own."""
        self.scene("French customs run a gateway of their own: other keys, another store, the same chain")
        there = self.home.with_name("douane")
        told = self.run("devnet", "apart", "customs-fr", "--to", there)
        self.apart = dict.fromkeys(("customs-fr", "customs-fr-roissy"), there)
        self.network = Home.load(self.home)
        expect(told["gateway"] not in {None, self.network.gateway}, "they have a gateway of their own")
        expect(not list(self.home.rglob("customs-fr*")), "their keys went with them")
        say(f"  gateway {told['gateway']}, beside {self.network.gateway}; each pays with a relay key of its own")
        say("Their keys went with them. From here on `customs-fr$` is typed in their home, `$` in the first one.")
        self.status(self.imported, "customs-fr", "RELEASED")
        say("The status came with the chain; content and references did not.")

    def recognised(self) -> None:
        """Two administrations agree; the importing one waives a control, and can't waive another."""
        self.scene("British and French customs agree to rely on each other's controls, so that a parcel is opened once")
        self._agree()
        say("The platform sells the same goods again: an export and an import declaration of one consignment.")
        ticket = self.home / "next-ticket.json"
        self.leaving = self._declared("export.xml", "--ticket", ticket)
        self.arriving = self._declared("import.xml", "--join", ticket)
        self._fetched()
        self._begun()
        say("British customs record an X-ray that did not take place (the queue was long), and a physical control.")
        nothing = self._controlled("non-intrusive", "not-carried-out")
        self.control = self._controlled("physical", "none-found")
        say("Which of them may French customs rely on? Their own gateway knows, from the chain:")
        found = {one["parent"]: one for one in self._candidates()}
        expect(found[self.control]["usable"] == ["SECURITY"], f"the physical control is usable: {found}")
        expect(found[nothing]["refused"] == "CONTROL_NOT_CARRIED_OUT", f"the other one is not: {found}")
        expect(found[self.control]["annex"] == "WITHIN", f"the goods were judged by the fetched content: {found}")
        say(f"  physical control {short(self.control)}: for security; the goods, fetched before, lie within the annex")
        say(f"  X-ray {short(nothing)}: no. {found[nothing]['reason']}")
        say("The contract says the same to whoever tries:")
        tried = ("recognise", self.arriving, nothing, "--verdict", "full", "--as", "customs-fr")
        told = self.run(*tried, code=1)
        expect(told["outcome"] == "CONTROL_NOT_CARRIED_OUT", f"nothing was controlled: {told}")
        say(f"  refused: {told['outcome']}")
        self._relied()

    def revoked(self) -> None:
        """The control is revoked: the release says so in the same block, at both gateways."""
        self.scene("British customs revoke the control, after the parcel was released in France")
        say("The seal turns out to have been another parcel's. One record revokes it, whoever relied on it:")
        superseded = ("--supersedes", self.control)
        revoked = self._controlled("physical", "not-carried-out", *superseded)
        told = self.status(self.arriving, "platform", "RELEASED")
        block = self.run("record", revoked)["block"]
        expect(told["reliance"] == "WITHDRAWN", f"the reliance is withdrawn: {told}")
        expect(told["asOf"]["block"] == block, "as of the very block that revoked it")
        self._both_say(block)
        say(f"  released, reliance withdrawn: from block {block} on, in the status that everybody reads, wherever")
        again = {one["parent"]: one for one in self._candidates()}
        expect(again[self.control]["stands"] is False, "the recognition no longer stands")
        say("The release stands until French customs decide anew; that is theirs alone to do.")

    def to_do(self) -> None:
        """The work list after a revocation."""
        self.scene("What French customs have to do now, says their work list")
        asked = ("worklist", "--kind", "withdrawn", "--as", "customs-fr")
        found = self.run(*asked)["items"]
        expect(self.arriving in {one["declaration"] for one in found}, f"the withdrawn reliance is to do: {found}")
        say(*[f"  {line}" for line in self.text(*asked).splitlines()])
        gateway = str(self.house("customs-fr").gateway)
        path = "/v1/recognition/worklist?kind=WITHDRAWN"
        told = get(f"{gateway}{path}", self.session("customs-fr"))["items"]
        expect([one["since"] for one in told] == [one["since"] for one in found], "the gateway says so, too")
        say(f"  GET {gateway}{path}   the same")

    def shown(self) -> None:
        """What the arrangement entitles French customs to see of the British export, and no more."""
        self.scene("What French customs see of the British export: the controls, and the fields that were agreed on")
        seen = {one["control"]: one for one in self.run("shared", self.arriving, "--as", "customs-fr")["controls"]}
        after = seen[self.control]["superseded"]
        expect([one["outcome"] for one in after] == ["NOT_CARRIED_OUT"], f"they see what became of it: {after}")
        self.run("provenance", self.leaving, "--as", "customs-fr", code=1)
        say("  the controls under the arrangement, and what took their place; of the timeline, nothing")
        say("With the control, British customs opened the agreed fields of what they had controlled, and no others:")
        told = self.run("open-arrangement", "customs-fr", "--as", "customs-gb")["versions"]
        expect((told["alreadyOpen"], told["opened"]) == (1, 0), f"they were opened already: {told}")
        self.run("fetch", self.leaving, "--from", str(self.network.gateway), "--as", "customs-fr")
        fields = self.run("payload", self.leaving, "--as", "customs-fr")["fields"]
        whole = self.run("payload", self.leaving, "--as", "customs-gb", silently=True)["fields"]
        expect(fields.items() < whole.items(), "some fields, as they were declared")
        expect(not any("Amount" in path for path in fields), "no amount among them")
        say(f"  {len(fields)} of {len(whole)} fields, as the chain has them; no amount among them")

    def asked(self) -> None:
        """A question to the other administration, sealed for the two, and its answer."""
        self.scene("French customs ask British customs what happened, and are answered; nobody else reads it")
        asked = ("assist", "request", self.arriving, "--to", "customs-gb", "--kind", "verification")
        said = ("--basis", BASIS, "--due", "30d", "--question", QUESTION, "--as", "customs-fr")
        request = str(self.write(*asked, *said)["request"])
        say("The chain has who asks whom, about which consignment, and until when; of the text a hash.")
        say("The text lies with who wrote it, sealed for the two. British customs see it, fetch it, and answer:")
        due = self.run("worklist", "--kind", "assistance", "--as", "customs-gb")["items"]
        expect([one["assistance"]["request"] for one in due] == [request], f"assistance is due: {due}")
        self._exchanged(request, "customs-gb", "customs-fr", "question", QUESTION)
        self.write("assist", "answer", request, "--text", ANSWER, "--as", "customs-gb")
        self._exchanged(request, "customs-fr", "customs-gb", "answer", ANSWER)
        self.run("assist", "show", request, "--as", "platform", code=1)
        say("  refused: to anybody else there is no such request")

    def _exchanged(self, request: str, reader: str, writer: str, which: str, text: str) -> None:
        """One administration fetches from the other's gateway what that one wrote, and reads it at home."""
        told = self.run("fetch", request, "--from", str(self.house(writer).gateway), "--as", reader)
        expect("FETCHED" in {one["fate"] for one in told["items"]}, f"it is fetched: {told}")
        read = self.run("assist", "show", request, "--as", reader)
        expect(read[which]["text"] == text, f"the {which} is read: {read}")
        say(f"  {which}: {read[which]['text']}")

    def _fetched(self) -> None:
        """The content of the import lies where the platform keeps it; French customs fetch it."""
        say("The content of the import lies with the platform's gateway, encrypted. French customs fetch it:")
        self.run("payload", self.arriving, "--as", "customs-fr", code=1)
        say("  not here")
        told = self.run("fetch", self.arriving, "--from", str(self.network.gateway), "--as", "customs-fr")
        expect([one["fate"] for one in told["items"]] == ["FETCHED"], f"the content is fetched: {told}")
        fields = self.run("payload", self.arriving, "--as", "customs-fr")["fields"]
        expect("Atelier Nordet SARL" in fields.values(), "French customs read it")
        say(f"  fetched, decrypted, as the chain has it: {len(fields)} fields; the platform sees in its log who did")
        log = self.run("accesses", self.arriving, "--as", "platform", silently=True)["accesses"]
        expect([one["reader"] for one in log] == [self.network.organisation("customs-fr")], "the access is noted")

    def _relied(self) -> None:
        verdict = ("--verdict", "full", "--as", "customs-fr")
        taken = self.write("recognise", self.arriving, self.control, *verdict)
        self.write("decide", self.arriving, "release", "--rely", taken["id"], "--as", "customs-fr")
        status = self.status(self.arriving, "platform", "RELEASED")
        expect(status["reliance"] == "STANDS", "the release rests on the control of another administration")
        for who in ("platform", "customs-gb"):
            seen = self.run("provenance", self.leaving, "--as", who)["entries"]
            expect("Recognition" in {one["type"] for one in seen}, "they see whose recognition it was")
        say("Platform and British customs see in the export's timeline that French customs relied on the control.")

    def _both_say(self, block: int) -> None:
        """One question to both gateways, by the same participant: the same answer, as of the same block."""
        token = {url: self.session_at(url, "customs-fr") for url in self._gateways()}
        asked = f"/v1/consignments/{self.arriving}/status"
        said = {url: get(f"{url}{asked}", token[url]) for url in self._gateways() if self._reached(url, block)}
        for url, one in said.items():
            say(f"  GET {url}/v1/consignments/{short(self.arriving)}/status")
            say(f"      {one['answer']}, reliance {one['reliance']}, as of block {one['asOf']['block']}, {one['etag']}")
        expect({one["reliance"] for one in said.values()} == {"WITHDRAWN"}, f"both say so: {said}")
        expect({one["asOf"]["block"] for one in said.values()} == {block}, "as of the very block that revoked it")
        expect(len({(one["etag"], one["publicHead"]) for one in said.values()}) == 1, "their ETags and heads are equal")

    def _gateways(self) -> list[str]:
        return [str(self.house(name).gateway) for name in ("platform", "customs-fr")]

    def _reached(self, url: str, block: int) -> bool:
        """Wait until a gateway has read a block."""
        until = time.monotonic() + PATIENCE
        while ask(f"{url}/v1/consignments/NOBODY/status")["asOf"]["block"] < block:
            expect(time.monotonic() < until, f"{url} follows the chain")
            time.sleep(0.02)
        return True

    def _agree(self) -> None:
        plan = self.home / "plan.json"
        plan.write_text(json.dumps(PLAN), encoding="utf-8")
        signed = self.run("arrange", plan, "--begins-in", "6s", "--as", "customs-gb")
        expect(len(signed["missing"]) == 1, "one signature is missing")
        say("The draft travels from the one home to the other; it holds nothing secret.")
        told = self.run("arrange", Path(signed["draft"]), "--as", "customs-fr")
        expect(told["progress"] == "FINAL", f"the arrangement is recorded: {told}")
        say("  both have signed, with managing keys; it begins in a moment, because none can begin in the past")
        self.begins = datetime.fromisoformat(signed["validFrom"]).timestamp()

    def _begun(self) -> None:
        """Wait until the arrangement is in force."""
        time.sleep(max(0.0, self.begins + 1 - time.time()))

    def _declared(self, message: str, *more: str | Path) -> str:
        return str(self.write("declare", MESSAGES / message, *more, "--as", "platform")["declaration"])

    def _controlled(self, method: str, found: str, *more: str) -> str:
        what = ("--method", method, "--outcome", found, "--risk", "security", *more)
        return str(self.write("control", self.leaving, *what, "--as", "customs-gb")["id"])

    def _candidates(self) -> list[dict[str, object]]:
        """As French customs' own systems ask the gateway."""
        path = f"/v1/recognition/candidates?administration=FR&reference={self.arriving}"
        gateway = str(self.house("customs-fr").gateway)
        self._reached(gateway, self.run("record", self.control, silently=True)["block"])
        say(f"  GET {gateway}{path.replace(self.arriving, short(self.arriving))}")
        found: list[dict[str, object]] = get(f"{gateway}{path}", self.session("customs-fr"))["candidates"]
        return found

"""The demo's scenes of mutual recognition: one control that is relied on, one that can't be, one that is revoked."""

import json
import time
from pathlib import Path

from scripts.stage import MESSAGES, Stage, expect, get, say, short

PLAN = {
    "first": "FR",
    "second": "GB",
    "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"],
    "methods": ["PHYSICAL", "NON_INTRUSIVE"],
    "risks": ["SECURITY", "SAFETY"],
    "validUntil": "2036-01-01",
    "annex": {"aeoProgrammes": ["EU AEOS", "UK AEOS"], "disclosureProfile": "arrangement"},
}


class Recognition(Stage):
    """The scenes, about a consignment of their own.

    Attributes:
        leaving: its export declaration.
        arriving: its import declaration.
        control: the control that was recognised.
    """

    leaving: str
    arriving: str
    control: str

    def recognised(self) -> None:
        """Two administrations agree; the importing one waives a control, and can't waive another."""
        self.scene("British and French customs agree to rely on each other's controls, so that a parcel is opened once")
        self._agree()
        say("The platform sells the same goods again: an export and an import declaration of one consignment.")
        ticket = self.home / "next-ticket.json"
        self.leaving = self._declared("export.xml", "--ticket", ticket)
        self.arriving = self._declared("import.xml", "--join", ticket)
        say("British customs record an X-ray that did not take place (the queue was long), and a physical control.")
        nothing = self._controlled("non-intrusive", "not-carried-out")
        self.control = self._controlled("physical", "none-found")
        say("Which of them may French customs rely on? They see nothing of the consignment that is not theirs to see.")
        found = {one["parent"]: one for one in self._candidates()}
        expect(found[self.control]["usable"] == ["SECURITY"], f"the physical control is usable: {found}")
        expect(found[nothing]["refused"] == "CONTROL_NOT_CARRIED_OUT", f"the other one is not: {found}")
        say(f"  physical control {short(self.control)}: for security")
        say(f"  X-ray {short(nothing)}: no. {found[nothing]['reason']}")
        say("The contract says the same to whoever tries:")
        tried = ("recognise", self.arriving, nothing, "--verdict", "full", "--as", "customs-fr")
        told = self.run(*tried, code=1)
        expect(told["outcome"] == "CONTROL_NOT_CARRIED_OUT", f"nothing was controlled: {told}")
        say(f"  refused: {told['outcome']}")
        verdict = ("--verdict", "full", "--as", "customs-fr")
        taken = self.write("recognise", self.arriving, self.control, *verdict)
        self.write("decide", self.arriving, "release", "--rely", taken["id"], "--as", "customs-fr")
        status = self.status(self.arriving, "platform", "RELEASED")
        expect(status["reliance"] == "STANDS", "the release rests on the control of another administration")
        seen = self.run("provenance", self.leaving, "--as", "platform")["entries"]
        expect("Recognition" in {one["type"] for one in seen}, "the declarant sees whose recognition it was")
        say("The platform sees in its export's timeline that French customs relied on the British control.")

    def revoked(self) -> None:
        """The control is revoked: the release says so in the same block."""
        self.scene("British customs revoke the control, after the parcel was released in France")
        say("The seal turns out to have been another parcel's. One record revokes it, whoever relied on it:")
        superseded = ("--supersedes", self.control)
        revoked = self._controlled("physical", "not-carried-out", *superseded)
        told = self.status(self.arriving, "platform", "RELEASED")
        block = self.run("record", revoked)["block"]
        expect(told["reliance"] == "WITHDRAWN", f"the reliance is withdrawn: {told}")
        expect(told["asOf"]["block"] == block, "as of the very block that revoked it")
        say(f"  released, reliance withdrawn: from block {block} on, in the status that everybody reads")
        again = {one["parent"]: one for one in self._candidates()}
        expect(again[self.control]["stands"] is False, "the recognition no longer stands")
        say("The release stands until French customs decide anew; that is theirs alone to do.")

    def _agree(self) -> None:
        plan = self.home / "plan.json"
        plan.write_text(json.dumps(PLAN), encoding="utf-8")
        signed = self.run("arrange", plan, "--begins-in", "8s", "--as", "customs-gb")
        expect(len(signed["missing"]) == 1, "one signature is missing")
        told = self.run("arrange", signed["draft"], "--as", "customs-fr")
        expect(told["progress"] == "FINAL", f"the arrangement is recorded: {told}")
        say("  both have signed, with managing keys; it begins in a moment, because none can begin in the past")
        time.sleep(9)

    def _declared(self, message: str, *more: str | Path) -> str:
        return str(self.write("declare", MESSAGES / message, *more, "--as", "platform")["declaration"])

    def _controlled(self, method: str, found: str, *more: str) -> str:
        what = ("--method", method, "--outcome", found, "--risk", "security", *more)
        return str(self.write("control", self.leaving, *what, "--as", "customs-gb")["id"])

    def _candidates(self) -> list[dict[str, object]]:
        """As French customs' own systems ask the gateway."""
        path = f"/v1/recognition/candidates?administration=FR&reference={self.arriving}"
        say(f"  GET {path.replace(self.arriving, short(self.arriving))}")
        found: list[dict[str, object]] = get(f"{self.network.gateway}{path}", self.session("customs-fr"))["candidates"]
        return found

"""The demo's second half: what can be known, by whom, and proven to whom, without trusting whoever runs the gateway."""

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from eth_account import Account

from ledger.home import Home
from scripts.stage import ROOT, Stage, expect, say


class Testimony(Stage):
    """Scenes about content, disclosures, receipts, audits and erasure. `imported` is a cleared import."""

    imported = ""

    def content(self) -> None:
        """Content is encrypted for its readers; one more is let in, and out again."""
        self.scene("Who reads the content of the import: declarant and customs, and whom they let")
        declaration = self.run("payload", self.imported, "--as", "customs-fr")["declaration"]
        kept = b"".join(path.read_bytes() for path in self.home.glob("store.sqlite*"))
        expect(kept and b"Atelier Nordet" not in kept, "the store holds no name of a buyer")
        say("  Customs decrypt it and hold it against the chain. The gateway's store has ciphertext only.")
        fields = ("--fields", "Declaration/InvoiceAmount")
        self.run("payload", declaration, "--as", "post", code=1)
        say("  refused, as for a declaration that has no content here")
        self.run("grant", declaration, "post", *fields, "--as", "platform")
        read = self.run("payload", declaration, "--as", "post")["fields"]
        expect(set(read) == {"Declaration/InvoiceAmount[1]", "Declaration/InvoiceAmount[1]/@currencyID"}, "two fields")
        say(f"  The postal operator reads {' '.join(read.values())}, and nothing else.")
        self.run("withdraw", declaration, "post", *fields, "--as", "platform")
        self.run("payload", declaration, "--as", "post", code=1)
        say("  refused again")
        log = self.run("accesses", self.imported, "--as", "platform")["accesses"]
        expect(log and log[-1]["reader"] == self.network.identity("post").organisation, "the access is noted")
        say("  What was read can't be unread, but the platform sees who read what, and when.")

    def disclosed(self) -> None:
        """Chosen fields, with proof."""
        self.scene("The platform shows two fields to anybody, and nothing else")
        file = self.home / "disclosure.json"
        self.run("disclose", self.imported, "--fields", "145,126", "--to", "public", "-o", file, "--as", "platform")
        told = self.verify(file)
        expect(told["valid"], f"the disclosure is valid: {told}")
        say(*[f"  {line}" for line in told["statements"] if " = " in line], "  valid: these stand in what was signed")

    def witnesses(self) -> None:
        """Two parties audit, sign the same checkpoint, and somebody pins their keys."""
        self.scene("The court of audit and British customs audit everything, and trust nobody")
        say(
            "The court of audit replays the whole chain with code that shares nothing with ours, and signs what it saw."
        )
        self.keys = {name: self.home / f"{name}.note.key" for name in ("auditor", "customs-gb")}
        self.vkeys = {
            name: self.audit_tool("keygen", file, "--name", f"{name}.example") for name, file in self.keys.items()
        }
        for key in self.vkeys.values():
            self.run("checkpoint", "accept", key.strip(), silently=True)
        self.checkpoint = self.home / "checkpoint.txt"
        self.audited = self.audit("auditor")
        say("British customs audit too, and countersign.")
        self.audit("customs-gb", "--countersign")
        self.run("checkpoint", "add", self.checkpoint)
        pinned = [option for key in self.vkeys.values() for option in ("--witness", key.strip())]
        self.trust = self.home / "trust.json"
        self.run("checkpoint", "trust", *pinned, "--threshold", "2", "-o", self.trust, silently=True)

    def receipt(self) -> None:
        """A release receipt, checked without a network."""
        self.scene("A receipt of the release, which anybody can check years later without a network")
        file = self.home / "receipt.json"
        self.run("receipt", self.imported, "-o", file, "--as", "platform")
        self.run(
            "receipt",
            self.imported,
            "--format",
            "pdf",
            "--lang",
            "fr",
            "-o",
            self.home / "receipt.pdf",
            "--as",
            "platform",
        )
        told = self.verify(file)
        expect(told["valid"], f"the receipt is valid: {told}")
        say(*[f"  {line}" for line in told["statements"]])
        forged = self.home / "forged.json"
        text = file.read_bytes()
        place = text.index(b'"body":"0x') + 600
        forged.write_bytes(text[:place] + (b"1" if text[place : place + 1] == b"0" else b"0") + text[place + 1 :])
        answer = self.verify(forged, code=1)
        expect(not answer["valid"], "one changed digit is noticed")
        say("  with one digit changed: invalid")

    def erased(self) -> None:
        """Erasure, and what remains provable."""
        self.scene("The content is erased; the history stays provable")
        told = self.run("erase", self.imported, "--all", "--order", "--as", "customs-fr")
        expect(told, "the order to erase is recorded")
        for who in ("customs-fr", "platform"):
            gone = self.run("payload", self.imported, "--as", who, code=1)
            say(f"  {gone['message']}")
        say("  nobody can read it any more: ciphertext, keys and salts are gone")
        self.audit("auditor")
        say("  and the whole ledger still verifies")

    # --- tools --------------------------------------------------------------------------------------------------------

    def verify(self, file: Path, code: int = 0) -> Any:
        """Run the verifier as somebody without a ledger does."""
        words = [file, "--trust", self.trust, "--json"]
        say(f"$ passavant-verify {file.name} --trust {self.trust.name}")
        return json.loads(_program("passavant-verify", words, code))

    def audit(self, who: str, *options: str) -> str:
        """Audit the network: chain and gateway."""
        key = self.keys[who]
        gateways = [str(Home.load(one).gateway) for one in (self.home, *set(self.apart.values()))]
        asked = f"--rpc {self.network.rpc} {' '.join(f'--gateway {url}' for url in gateways)}"
        say(f"$ passavant-audit --network network.json {asked} --sign {key.name} …")
        words = ["--network", self.home / self.network.network, "--rpc", self.network.rpc]
        words += [word for url in gateways for word in ("--gateway", url)]
        words += ["--session-key", self._session_key(), "--sign", key]
        words += [word for one in self.vkeys.values() for word in ("--witness", one.strip())]
        words += ["--checkpoint", self.checkpoint, "--html", self.home / f"audit-{who}.html", "--quiet", *options]
        told = _program("passavant-audit", words, 0)
        say(*[f"  {line}" for line in told.rstrip().splitlines()])
        return told

    def audit_tool(self, *words: str | Path) -> str:
        """Run the auditor's program."""
        return _program("passavant-audit", words, 0)

    def _session_key(self) -> Path:
        """The auditor's private key as the auditor's program reads it."""
        file = self.home / "auditor.session.key"
        keystore, _, query = self.network.identity("auditor").signer.removeprefix("keystore:").partition("?")
        password = Path(parse_qs(query)["password-file"][0]).read_text(encoding="utf-8").strip()
        secret = Account.decrypt(json.loads(Path(keystore).read_text(encoding="utf-8")), password)
        file.touch(mode=0o600)
        file.write_text(bytes(secret).hex(), encoding="ascii")
        return file


def _program(name: str, words: Any, code: int) -> str:
    done = subprocess.run([name, *map(str, words)], capture_output=True, text=True, cwd=ROOT, check=False)
    expect(done.returncode == code, f"exit code {code} of {name}, not {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout

"""What the demo stands on: commands run as a user types them, claims that are checked, a home of its own."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ledger.chain import Rpc, open_signer
from ledger.chain.rpc import hexed
from ledger.chain.signers import LocalSigner
from ledger.cli.app import command
from ledger.home import Home

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = ROOT / "tests" / "messages"
OWN = ROOT / "scripts" / "messages"

FILES = frozenset([*MESSAGES.iterdir(), *OWN.iterdir()])
ID = 66
"""Characters of an id in hex."""


class WrongStory(Exception):  # noqa: N818 - what it is
    """Something that the demo was about to tell is not so."""


def expect(right: object, claim: str) -> None:
    """Stop when a claim is wrong."""
    if not right:
        raise WrongStory(claim)


def say(*lines: str) -> None:
    """Tell something."""
    for line in lines:
        print(f"   {line}" if line else "")


def short(text: str | None) -> str:
    """A hash for people."""
    return f"{text[:10]}…" if text and text.startswith("0x") else str(text)


def _typed(word: str) -> str:
    """A word of a command as it is typed, but for ids, which are shortened."""
    if len(word) == ID and word.startswith("0x"):
        return short(word)
    return f'"{word}"' if " " in word else word


class Stage:
    """The network, and what was told so far.

    Attributes:
        home: where everybody is at home at first, with the chain.
        network: that home's configuration.
        apart: homes of participants who moved out, by the participant's name.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.scenes = 0
        self.network = Home(home, "")
        self.apart: dict[str, Path] = {}

    # --- telling ------------------------------------------------------------------------------------------------------

    def scene(self, title: str) -> None:
        """Begin a scene."""
        self.scenes += 1
        print(f"\n{self.scenes}. {title}")

    def run(self, *arguments: str | Path, code: int = 0, silently: bool = False) -> Any:
        """Run a command as a user types it, and give its JSON; its exit code must be the one expected."""
        words = [self._named(one) for one in arguments]
        place = self._place(words)
        if not silently:
            prompt = f"{words[-1]}$" if place else "$"
            say(f"{prompt} passavant {' '.join(map(_typed, words))}")
        output = io.StringIO()
        complaint = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(complaint):
            ended = command([*map(str, arguments), *place, "--json"])
        expect(ended == code, f"exit code {code} of {words}, not {ended}: {complaint.getvalue()}")
        return json.loads(output.getvalue() or "null")

    def text(self, *arguments: str) -> str:
        """What a command tells a person."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            command([*arguments, *self._place(arguments)])
        return output.getvalue()

    def _named(self, word: str | Path) -> str:
        """A word of a command for people: files by where they are in the project, or beside the demo's homes."""
        if isinstance(word, str):
            return word
        root = ROOT if word in FILES else self.home.parent
        return str(word.relative_to(root) if word.is_relative_to(root) else word)

    def _place(self, words: Sequence[str]) -> list[str]:
        """The option that names the home of who is at the keyboard, the last word, if that is another one."""
        apart = self.apart.get(words[-1]) if "--as" in words else None
        return ["--home", str(apart)] if apart else []

    def write(self, *arguments: str | Path) -> Any:
        """Run a command that writes a record, and say where it stands."""
        told = self.run(*arguments)
        expect(told["progress"] == "FINAL", f"the record is final: {told}")
        say(f"  recorded in block {told['block']} as {short(told['id'])}, signed by {arguments[-1]}")
        return told

    def take_in(self, who: str, *names: str) -> None:
        """Take in customs messages."""
        told = self.run("ingest", *[MESSAGES / name for name in names], "--as", who)
        kinds = ", ".join(f"{row['kind']}: {row['fate']}" for row in told["table"])
        expect(all(row["fate"] in {"recorded", "kept as evidence"} for row in told["table"]), kinds)
        say(f"  {kinds}")

    def status(self, reference: str, who: str, answer: str, *options: str) -> Any:
        """Ask for a status, which must be the expected one."""
        told = self.run("status", reference, *options, "--as", who)
        expect(told["answer"] == answer, f"{reference} is {answer}, not {told['answer']}")
        words = self.text("status", reference, *options, "--as", who).splitlines()
        say(*[f"  {line}" for line in words if not line.startswith("  declaration ")])
        return told

    # --- over HTTP ----------------------------------------------------------------------------------------------------

    def house(self, name: str) -> Home:
        """The home of a participant."""
        return Home.load(self.apart.get(name, self.home))

    def session(self, name: str) -> str:
        """Open a session at the gateway of one's own home: sign its challenge."""
        return self.session_at(str(self.house(name).gateway), name)

    def session_at(self, gateway: str, name: str) -> str:
        """Open a session at a gateway."""
        identity = self.house(name).identity(name)
        signer = open_signer(identity.signer)
        expect(isinstance(signer, LocalSigner), "the demo's keys are at hand")
        asked = post(f"{gateway}/v1/sessions/challenges", {"organisation": identity.organisation})
        message = asked["typedData"]["message"]
        expect(message["gateway"] == gateway, "the challenge is this gateway's own")
        signature = signer.sign_digest(bytes.fromhex(asked["digest"][2:])) if isinstance(signer, LocalSigner) else b""
        answer = {name: message[name] for name in ("nonce", "organisation", "deadline")}
        token = post(f"{gateway}/v1/sessions", {**answer, "signature": hexed(signature)})
        return str(token["token"])

    def feed(self) -> list[Any]:
        """All events, as the court of audit reads them."""
        found: list[Any] = []
        token, after = self.session("auditor"), ""
        while True:
            page = get(f"{self.network.gateway}/v1/events?limit=500{after}", token)
            if not page["events"]:
                return found
            found += page["events"]
            after = f"&after={page['next']}"


def ask(url: str) -> Any:
    """What a gateway answers to anybody."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own gateway
        return json.load(answer)


def get(url: str, token: str) -> Any:
    """What the gateway answers to a session."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - our own gateway
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def post(url: str, body: object) -> Any:
    """What the gateway answers to JSON."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - our own gateway
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return json.load(answer)


def receipt_of(rpc: Rpc, transaction: bytes) -> Any:
    """What became of a transaction."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = rpc.call("eth_getTransactionReceipt", hexed(transaction))
        if found:
            return found
        time.sleep(0.05)
    raise WrongStory("the outsider's transaction is in a block")


@contextlib.contextmanager
def temporary_home() -> Iterator[Path]:
    """A home for the demo, and others beside it; everything that runs in them is ended, and they are removed."""
    place = Path(tempfile.mkdtemp(prefix="passavant-demo-"))
    home = place / "home"
    home.mkdir()
    os.environ["PASSAVANT_HOME"] = str(home)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.environ.pop("PASSAVANT_AS", None)
    try:
        yield home
    finally:
        for one in sorted(place.iterdir(), key=lambda one: one == home):  # the one with the chain last
            down = [sys.executable, "-m", "ledger.cli", "devnet", "down", "--home", str(one)]
            subprocess.run(down, check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(place, ignore_errors=True)

"""Commands around checkpoints of the ledger log: what a witness signs, so that receipts can be checked offline."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ledger.cli.failures import Exit, tell
from ledger.cli.options import HomeOption, JsonOption
from ledger.cli.render import facts, moment, short
from ledger.cli.session import open_client, open_home, show
from ledger.home import write_private

if TYPE_CHECKING:
    from ledger.chain.network import Network
    from ledger.domain.transparency import Note

_NOTE = typer.Argument(help="A signed checkpoint.", metavar="FILE", exists=True, dir_okay=False)
_KEY = typer.Option("--key", help="The witness's key.", metavar="FILE")
_OUT = typer.Option("--out", "-o", help="Write the signed checkpoint to this file too.", metavar="FILE")
_WITNESS = typer.Option("--witness", help="Verifier key of a witness, or a file of it; repeat it.", metavar="KEY")
_OPERATOR = typer.Option("--operator", help="The same, of who runs the ledger: counts nothing.", metavar="KEY")
_THRESHOLD = typer.Option("--threshold", help="How many witnesses must have signed.", min=1)
_NEW = typer.Argument(help="Where to write it (0600).", metavar="FILE")
_NAME = typer.Option("--name", help="The witness's name, such as customs.example/1.", metavar="NAME")

app = typer.Typer(
    help="Checkpoints of the ledger log: what somebody signs of what it saw, so that a receipt can be checked offline.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(epilog="Example: passavant checkpoint key witness.key --name customs.example/1")
def key(file: Annotated[Path, _NEW], name: Annotated[str, _NAME], as_json: JsonOption = False) -> None:
    """Make a witness's key, and beside it the verifier key that others pin (FILE.pub)."""
    from ledger.chain.notes import NoteKey

    if file.exists():
        tell(f"{file}: there is a file already")
        raise typer.Exit(Exit.REFUSED)
    made = NoteKey.generate(name)
    public = file.with_name(f"{file.name}.pub")
    write_private(file.absolute(), f"{made.text}\n")
    public.write_text(f"{made.verifier}\n", encoding="utf-8")
    told = f"{made.verifier}\nThis is its verifier key, which others pin; it is in {public} too."
    show(as_json, lambda: {"verifier": made.verifier, "file": str(file), "public": str(public)}, lambda: told)


@app.command(epilog="Example: passavant checkpoint make --key witness.key -o checkpoint.txt")
def make(
    key: Annotated[Path, _KEY],
    out: Annotated[Path | None, _OUT] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign what this home's index and node say of the ledger now, and keep it for receipts."""
    from ledger.chain.notes import NoteKey

    witness = NoteKey.load(key)
    with open_client(open_home(home)) as client:
        client.sync()
        note = client.sign_checkpoint(witness)
    if out:
        out.write_text(note.text, encoding="utf-8")
    _tell(note, as_json)


@app.command(epilog="Example: passavant checkpoint add checkpoint.txt")
def add(file: Annotated[Path, _NOTE], home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Keep a checkpoint that somebody signed, if it agrees with this home's own log."""
    with open_client(open_home(home)) as client:
        client.sync()
        note = client.put_checkpoint(file.read_text(encoding="utf-8", errors="replace"))
    _tell(note, as_json)


@app.command(epilog="Example: passavant checkpoint accept witness.key.pub")
def accept(
    verifier: Annotated[str, typer.Argument(help="Verifier key of a witness, or a file of it.", metavar="KEY")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """From now on keep what a witness signs, and nothing of those who are not accepted; the gateway does the same."""
    from ledger.chain.notes import check_verifier

    [key] = _keys([verifier])
    with open_client(open_home(home)) as client:
        client.checkpoints.accept(check_verifier(key))
        known = client.checkpoints.witnesses()
    show(as_json, lambda: {"witnesses": list(known)}, lambda: "\n".join(known))


@app.command(epilog="Example: passavant checkpoint latest")
def latest(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The checkpoint with the greatest height that this home keeps."""
    with open_client(open_home(home)) as client:
        note = client.latest_checkpoint()
    if note is None:
        tell("this home keeps no checkpoint: make one, or add one that a witness signed")
        raise typer.Exit(Exit.REFUSED)
    _tell(note, as_json)


@app.command(epilog="Example: passavant checkpoint trust --witness witness.key.pub -o trust.json")
def trust(
    witness: Annotated[list[str], _WITNESS],
    operator: Annotated[list[str] | None, _OPERATOR] = None,
    threshold: Annotated[int, _THRESHOLD] = 1,
    out: Annotated[Path | None, _OUT] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a trust file for this network: what a verifier is given out of band, by somebody whom it trusts."""
    from ledger.chain.network import Network

    opened = open_home(home)
    network = Network.load(opened.path / opened.network)
    made = trust_file(network, threshold, _keys(witness), _keys(operator or []))
    text = json.dumps(made, indent=2, ensure_ascii=False)
    if out:
        out.write_text(f"{text}\n", encoding="utf-8")
    show(as_json, lambda: made, lambda: f"The trust file is in {out}." if out else text)


def trust_file(network: "Network", threshold: int, witnesses: list[str], operators: list[str]) -> dict[str, Any]:
    """The trust file of a network (`docs/receipts.md`)."""
    values = {
        "consignments": network.consignments,
        "consignmentsCode": network.consignments_code,
        "genesis": network.genesis_hash,
        "networkId": network.network_id,
        "participants": network.participants,
        "participantsCode": network.participants_code,
        "recognitionsCode": network.recognitions_code,
    }
    pinned = {name: f"0x{value.hex()}" for name, value in values.items()}
    return {
        "format": "application/vnd.passavant.trust+json;version=1",
        "network": {"chainId": network.chain_id, "name": network.name, **pinned},
        "checkpoint": {"operators": operators, "threshold": threshold, "witnesses": witnesses},
    }


def _keys(given: list[str]) -> list[str]:
    """Verifier keys, given as such or as files that hold one."""
    return [Path(one).read_text(encoding="utf-8").strip() if Path(one).is_file() else one for one in given]


def _tell(note: "Note", as_json: bool) -> None:
    show(as_json, lambda: _plain(note), lambda: f"{note.text}\n{_words(note)}")


def _plain(note: "Note") -> dict[str, Any]:
    one = note.checkpoint
    return {"note": note.text, "size": one.size, "height": one.height, "signatures": len(note.signatures)}


def _words(note: "Note") -> str:
    one, count = note.checkpoint, len(note.signatures)
    pairs = [
        ("log", f"{one.size} blocks with records"),
        ("as of", f"block {one.height} ({short(one.block_hash)}), {moment(one.time)}"),
        ("signatures", f"{count}" + (": one operator's own word proves nothing to others" if count == 1 else "")),
    ]
    return facts(pairs)


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="checkpoint")

"""The command that publishes an encryption key."""

from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli import plain, render
from ledger.cli.options import AsOption, HomeOption, JsonOption, TimeoutOption, duration
from ledger.cli.session import keys_of, open_client, open_home, outcome, show
from ledger.home import HomeError, encryption_file, write_private

if TYPE_CHECKING:
    from ledger.home import Identity
    from ledger.sealing import DecryptionKey

_VALID = typer.Option("--valid-for", help="How long others may encrypt to it, such as 730d.", metavar="TIME")


def publish(
    name: AsOption,
    valid_for: Annotated[str, _VALID] = "730d",
    home: HomeOption = None,
    timeout: TimeoutOption = 60,
    as_json: JsonOption = False,
) -> None:
    """Make a new encryption key and publish it; it takes over. Keep the old ones: they open what is old."""
    from ledger.chain import open_signer
    from ledger.desk.publishing import next_version, publish_key

    opened = open_home(home)
    own, seconds = opened.identity(name), duration(valid_for)
    if not own.managers:
        raise HomeError(opened.path, f"has no managing key of {name}, which must sign it")
    with open_client(opened) as client:
        client.sync()
        key = _kept(own, next_version(client, own.organisation))
        digest = publish_key(client, open_signer(own.managers[0]), key.public, seconds=seconds)
        state = client.wait([digest], timeout)[0]
    show(
        as_json,
        lambda: {**plain.record(state), "version": key.version, "file": str(encryption_file(own))},
        lambda: f"Encryption key {key.version} of {name}, kept in {encryption_file(own)}\n{render.followed(state)}",
    )
    raise typer.Exit(outcome(state))


def _kept(own: "Identity", version: int) -> "DecryptionKey":
    """The key of a version, kept before anything is published; one that a former attempt made is used again."""
    from ledger.sealing import DecryptionKey, keys_to_json

    file = encryption_file(own)
    held = keys_of(own) if file.exists() else []
    found = next((key for key in held if key.version == version), None)
    if found is None:
        found = DecryptionKey.generate(own.organisation, version)
        write_private(file, keys_to_json([found, *held]))
    return found

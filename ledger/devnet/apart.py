"""A home apart: some participants of a development network move out, with their keys; the chain stays where it is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from ledger.devnet.errors import DevnetError
from ledger.devnet.keys import FOLDER, KeyRing
from ledger.home import Home, Identity, Other, write_private

_RELAY: Final = "relay"


def apart(home: Home, names: Collection[str], to: Path) -> Home:
    """Give participants a home of their own: own keys, store, index key and relay key, the same network and node.

    Their keys, with those of their offices, are moved: `home` has them no more. Nothing is started.

    Args:
        home: of a development network, which keeps the chain.
        names: participants of it.
        to: a directory that is empty or not there yet.

    Raises:
        DevnetError: there is no network, nobody would stay, or `to` holds something.
        HomeError: it has no such participant.
    """
    organisations = {home.identity(name).organisation for name in names}
    going = {name: one for name, one in home.participants.items() if one.organisation in organisations}
    staying = {name: one for name, one in home.participants.items() if name not in going}
    _check(home, staying, to)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    moved = Home(
        path=to,
        rpc=home.rpc,
        relay=KeyRing.uri(_RELAY),
        mine=home.mine,
        participants=going,
        others={**home.others, **_others(staying)},
        keeper=home.keeper or str(home.path),
    )
    files = _take_keys(home, going, to)
    write_private(to / moved.network, (home.path / home.network).read_text(encoding="utf-8"))
    moved.save()
    replace(home, participants=staying, others={**home.others, **_others(going)}).save()
    for file in files:
        file.unlink()
    return moved


def _check(home: Home, staying: Mapping[str, Identity], to: Path) -> None:
    if not (home.path / home.network).exists():
        raise DevnetError(f"there is no network in {home.path}", "Start one by `passavant devnet up`")
    if not staying:
        raise DevnetError(f"nobody would stay in {home.path}", "Name those who move out")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise DevnetError(f"{to} is not empty", "Name a new directory")


def _others(people: Mapping[str, Identity]) -> dict[str, Other]:
    """As those know them who have none of their keys; an office is no participant of its own."""
    return {
        name: Other(one.organisation, one.title, one.jurisdictions, one.identifiers)
        for name, one in people.items()
        if not one.office
    }


def _take_keys(home: Home, going: Mapping[str, Identity], to: Path) -> list[Path]:
    """Copy keys into a ring of their own; the files to remove once that counts."""
    ring, folder = KeyRing(to), home.path / FOLDER
    ring.create(_RELAY)
    signing = _names(uri for one in going.values() for uri in (one.signer, *one.managers))
    reading = _names(one.encryption for one in going.values() if one.encryption)
    for name in signing:
        ring.take_over(name, home.path)
    for name in reading:
        ring.take_over_encryption(name, home.path)
    return [*(folder / f"{name}.json" for name in signing), *(folder / f"{name}.encryption.json" for name in reading)]


def _names(uris: Iterable[str]) -> list[str]:
    """The names under which a ring keeps the keys of URIs, each once."""
    files = (uri.partition(":")[2].partition("?")[0] for uri in uris)
    return list(dict.fromkeys(Path(file).name.partition(".")[0] for file in files))

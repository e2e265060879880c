"""What a gateway says against what the chain says (steps 17 to 21).

The chain may go on meanwhile: where an answer differs, the chain is read on and the gateway is asked again; only what
then still differs diverges.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from passavant_verifier.audit.findings import Divergence, Findings, Place, UnknowableError
from passavant_verifier.audit.gateway import Gateway
from passavant_verifier.audit.replay import Replay
from passavant_verifier.audit.steps import Step
from passavant_verifier.audit.testimony import (
    History,
    declaration_said,
    differences,
    entry_said,
    event_said,
    participant_said,
    status_said,
)

_PAGE: Final = 500
_ATTEMPTS: Final = 4
_PATIENCE: Final = 8
"""Differences that are asked again before one is believed at once."""
_LONGEST: Final = 300
_DENIED: Final = [("that it is there", "it is", "the gateway knows of no such thing")]

Progress = Callable[[str, int, int], None]


@dataclass
class Comparison:
    """One gateway against one replay.

    Attributes:
        read_on: reads what the chain has got meanwhile into the replay.
        pause: seconds between two attempts.
        progress: told of the phase, how many are done, how many there are.
    """

    gateway: Gateway
    replay: Replay
    history: History
    findings: Findings
    read_on: Callable[[], None]
    progress: Progress
    pause: float = 0.5
    patience: int = _PATIENCE

    def feed(self) -> None:
        """Step 17: every event, as it is, in order, and nothing else."""
        place, cursor = 0, None
        for _ in range(_ATTEMPTS):
            for following, answer in self._pages(Step.FEED, "/v1/events", "events", cursor):
                if place >= len(self.history.seen):
                    self.read_on()
                if place >= len(self.history.seen):
                    self._extra(answer)
                    return
                if not self._matches(event_said(self.history.seen[place]), answer, place):
                    return
                place, cursor = place + 1, following
                self.progress("feed", place, len(self.history.seen))
            if place == len(self.history.seen):
                return
            self._wait()
        self._missing(place)

    def declarations(self, ids: list[bytes]) -> None:
        """Steps 18 and 19 for these declarations."""
        for done, declaration in enumerate(ids, start=1):
            self._settle(Step.STATUS, declaration, self._status)
            self._settle(Step.PROVENANCE, declaration, self._provenance)
            self.progress("declarations", done, len(ids))

    def participants(self) -> None:
        """Step 20."""
        for _ in range(_ATTEMPTS):
            found = list(self._participants())
            if not found:
                self.findings.passed(Step.PARTICIPANTS, len(self.replay.ledger.participants.organisations))
                return
            self._wait()
        for divergence in found:
            self.findings.diverges(divergence)

    def freshness(self, ids: list[bytes]) -> None:
        """Step 21: the gateway is as far as the node, by what it says itself of any declaration."""
        if not ids:
            return
        for _ in range(_ATTEMPTS):
            told = self.gateway.get(Step.FRESHNESS, f"/v1/declarations/0x{ids[0].hex()}").get("asOf")
            as_of = told if isinstance(told, dict) else {}
            height = self._height
            if as_of.get("block") == height:
                self._check_as_of(as_of)
                return
            self._wait()
        rule = "the gateway is as far as the node"
        place = Place(height, what=self.gateway.name)
        self.findings.diverges(
            Divergence(Step.FRESHNESS, place, rule, f"block {height}", f"block {as_of.get('block')}")
        )

    @property
    def _height(self) -> int:
        if self.replay.last is None:
            raise AssertionError
        return self.replay.last.number

    @property
    def _now(self) -> int:
        return int(time.time())

    def _check_as_of(self, as_of: dict[str, Any]) -> None:
        last = self.replay.last
        expected = f"0x{last.hash.hex()}" if last else ""
        if as_of.get("blockHash") == expected:
            self.findings.passed(Step.FRESHNESS)
            return
        rule, place = "the gateway follows the same chain", Place(self._height, what=self.gateway.name)
        self.findings.diverges(Divergence(Step.FRESHNESS, place, rule, expected, str(as_of.get("blockHash"))))

    def _pages(
        self, step: Step, path: str, name: str, cursor: str | None = None
    ) -> Iterator[tuple[str | None, dict[str, Any]]]:
        """Everything after a cursor in a list of pages, each with the cursor that follows its page."""
        while True:
            query: dict[str, str | int] = {"limit": _PAGE} if cursor is None else {"limit": _PAGE, "after": cursor}
            page = self.gateway.get(step, path, **query)
            items, following = page.get(name), page.get("next")
            if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
                raise UnknowableError(step, f"{self.gateway.name} does not answer {path} with a list")
            resumed = following if isinstance(following, str) else None
            yield from ((resumed, one) for one in items)
            if not items or resumed is None or resumed == cursor:
                return
            cursor = resumed

    def _matches(self, expected: dict[str, Any], answer: Any, place: int) -> bool:
        seen = self.history.seen[place]
        for path, wanted, said in differences(expected, answer):
            where = Place(seen.block.number, seen.log, seen.entry.digest, f"{self.gateway.name}, feed entry {place}")
            rule = f"the feed tells the event as it is: {path}"
            self.findings.diverges(Divergence(Step.FEED, where, rule, _short(wanted), _short(said)))
            return False
        self.findings.passed(Step.FEED)
        return True

    def _extra(self, answer: Any) -> None:
        said = answer if isinstance(answer, dict) else {}
        place = Place(what=f"{self.gateway.name}, feed entry {len(self.history.seen)}")
        rule = "the feed ends with the chain's last event"
        found = f"{said.get('type')} {said.get('id')} in block {said.get('block')}"
        self.findings.diverges(Divergence(Step.FEED, place, rule, "no further event", _short(found)))

    def _missing(self, place: int) -> None:
        """The feed ends too early: is the gateway behind, or does it leave out what it should have?"""
        seen = self.history.seen[place]
        where = Place(seen.block.number, seen.log, seen.entry.digest, f"{self.gateway.name}, feed entry {place}")
        found = f"nothing: {len(self.history.seen) - place} events are missing"
        rule = "the feed holds every event of the chain"
        self.findings.diverges(Divergence(Step.FEED, where, rule, seen.entry.record.form.name, found))

    def _settle(self, step: Step, declaration: bytes, differ: Callable[[bytes], list[Divergence]]) -> None:
        found = differ(declaration)
        for _ in range(_ATTEMPTS - 1 if self.patience > 0 else 0):
            if not found:
                break
            self.patience -= 1
            self._wait()
            found = differ(declaration)
        if found:
            self.findings.diverges(found[0])
        else:
            self.findings.passed(step)

    def _wait(self) -> None:
        time.sleep(self.pause)
        self.read_on()

    def _status(self, declaration: bytes) -> list[Divergence]:
        name = f"0x{declaration.hex()}"
        shown = self.gateway.get(Step.STATUS, f"/v1/declarations/{name}")
        expected = declaration_said(self.replay.ledger, self.history, declaration, self._now)
        differing = differences(expected, shown) if "id" in shown else _DENIED
        found = [self._differs(Step.STATUS, declaration, "declaration", one) for one in differing]
        if found:
            return found
        answer = self.gateway.get(Step.STATUS, f"/v1/consignments/{name}/status")
        said = status_said(self.replay.ledger, self.history, declaration, self._now)
        return [self._differs(Step.STATUS, declaration, "status", one) for one in differences(said, answer)]

    def _provenance(self, declaration: bytes) -> list[Divergence]:
        answer = self.gateway.get(Step.PROVENANCE, f"/v1/consignments/0x{declaration.hex()}/provenance")
        listed = answer.get("entries")
        entries = listed if isinstance(listed, list) else []
        told = [one for one in entries if isinstance(one, dict) and one.get("what") != "EVIDENCE"]
        events = self.history.timeline(declaration)
        expected = [entry_said(self.replay.ledger, declaration, seen) for seen in events]
        if len(told) != len(expected):
            counted = ("entries", len(expected), len(told))
            return [self._differs(Step.PROVENANCE, declaration, "timeline", counted)]
        return [self._differs(Step.PROVENANCE, declaration, "timeline", one) for one in differences(expected, told)]

    def _differs(self, step: Step, declaration: bytes, what: str, one: tuple[str, Any, Any]) -> Divergence:
        path, expected, found = one
        place = Place(digest=declaration, what=f"{self.gateway.name}, {what}")
        rule = f"the gateway says what the chain makes of it: {path}"
        return Divergence(step, place, rule, _short(expected), _short(found))

    def _participants(self) -> Iterator[Divergence]:
        pages = self._pages(Step.PARTICIPANTS, "/v1/participants", "participants")
        told = {str(one.get("id")): one for _, one in pages}
        known = self.replay.ledger.participants.organisations
        for identity in sorted(known):
            said = participant_said(self.replay.ledger, self.history, identity, self._now)
            shown = told.pop(str(identity), None)
            found = _DENIED if shown is None else differences(said, _sorted(shown))
            yield from (self._of_participant(str(identity), one) for one in found)
        for stranger in told:
            yield self._of_participant(stranger, ("id", "no such participant", stranger))

    def _of_participant(self, identity: str, one: tuple[str, Any, Any]) -> Divergence:
        path, expected, found = one
        place = Place(what=f"{self.gateway.name}, participant {identity}")
        rule = f"the gateway says what the chain makes of it: {path}"
        return Divergence(Step.PARTICIPANTS, place, rule, _short(expected), _short(found))


def _sorted(told: dict[str, Any]) -> dict[str, Any]:
    """A participant with its keys by address and its encryption keys by version, whatever their order was."""
    return {
        **told,
        "keys": _listed(told.get("keys"), "address"),
        "encryptionKeys": _listed(told.get("encryptionKeys"), "version"),
    }


def _listed(told: Any, by: str) -> list[Any]:
    listed = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return sorted(listed, key=lambda one: (len(str(one.get(by))), str(one.get(by))))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

"""Pointer amendments: what a request (or customs, in a 07) points at is changed to what its fragment says.

The rules, in the order in which they are applied (domain.md, "Amendments"):

1. A pointer names one class per step by its WCO tag; an unknown tag is an error. A `TagID` on the last step makes
   the target a field (leaf), else it is the class itself (node).
2. Which one is meant: classes that come at most once ignore the sequence number; goods items go by their own
   `SequenceNumeric`; every other class by n-th sibling of its name in the full declaration, and the same n in the
   fragment, which may be padded with empty siblings.
3. Present in both: replace. In the fragment only: insert. In the original only: delete. In neither: nothing, with a
   warning. The `ChangeReasonCode` is not the operation.
4. All positions are those of the declaration before the amendment, so that a deletion doesn't shift later pointers.
5. Only what is pointed at changes; other values of the fragment are context, and a warning when they differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from ledger.documents import elements
from ledger.documents._mutable import Node, Step
from ledger.documents.messages import AmendmentRequestMessage, Change, Notice, PointerStep
from ledger.documents.tree import Document, Element
from ledger.errors import DocumentError

_GOODS_ITEM: Final = "GovernmentAgencyGoodsItem"
_ROOT_TAG: Final = "42A"
# What belongs to the message and not to the declaration that it is about
_OF_THE_MESSAGE: Final = frozenset(
    {"FunctionCode", "FunctionalReferenceID", "ID", "TypeCode", "VersionID", "Submitter", "Amendment"}
)


@unique
class Operation(StrEnum):
    """What was done at a place."""

    REPLACE = "replace"
    INSERT = "insert"
    DELETE = "delete"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Applied:
    """One change as it was applied.

    Attributes:
        operation: what was done.
        path: canonical path, with the positions of the declaration before the amendment.
        reason_code, reason: as the sender gave them.
    """

    operation: Operation
    path: str
    reason_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Amended:
    """The new version.

    Attributes:
        document: the whole declaration after the amendment.
        applied: the changes, in the sender's order.
        warnings: sentences for people: context that differs, pointers at nothing.
    """

    document: Document
    applied: tuple[Applied, ...]
    warnings: tuple[str, ...]

    @property
    def fields(self) -> dict[str, str]:
        """Every leaf of the new version: what its commitment covers."""
        return self.document.fields


def apply_amendment(original: Document, request: AmendmentRequestMessage | Notice) -> Amended:
    """The version that follows when the request is granted, or that customs wrote (a 07 with pointers).

    Args:
        original: the declaration's current version.
        request: the amendment; a notice without a second `Declaration` can only delete.

    Raises:
        DocumentError: an unknown tag, a pointer that doesn't start at the declaration, or one that could mean
            several places.
    """
    fragment = request.fragment if isinstance(request, AmendmentRequestMessage) else request.changed
    amending = _Amending(original, fragment or Element("Declaration"), request.document)
    applied = tuple(amending.apply(change) for change in request.changes)
    warnings = (*amending.warnings, *amending.differences(original.root))
    return Amended(Document(amending.root.element(), original.header, original.source), applied, warnings)


class _Amending:
    """The amendment of one declaration, change by change."""

    def __init__(self, original: Document, fragment: Element, request: Document) -> None:
        self.root = Node.of(original.root)
        self.fragment = Node.of(fragment)
        self.request = request
        self.warnings: list[str] = []

    def apply(self, change: Change) -> Applied:
        steps = self._steps(change)
        found, given = _follow(self.root, steps), _follow(self.fragment, steps)
        if given is not None:
            given.used = True
        if given is not None and not (given.empty and not _is_field(change)):
            operation = Operation.INSERT if found is None or found.deleted else Operation.REPLACE
            (found or self._created(steps)).replace(given)
        elif found is not None and not found.deleted:
            operation, found.deleted = Operation.DELETE, True
        else:
            operation = Operation.NOTHING
            self.warnings.append(f"{_path(steps)} is in neither the declaration nor the amendment")
        return Applied(operation, _path(self._positions(steps)), change.reason_code, change.reason)

    def differences(self, original: Element) -> Iterator[str]:
        """Sentences about context that differs from the declaration as it was."""
        yield from _differences(Node.of(original), self.fragment, original.name)

    def _steps(self, change: Change) -> list[Step]:
        """The pointer as steps below the declaration; positions are looked up where the pointer leaves them out."""
        if not change.pointer or change.pointer[0].section != _ROOT_TAG:
            raise self._error("a pointer starts at the declaration, 42A", change)
        steps: list[Step] = []
        owner = elements.classes_by_tag()[_ROOT_TAG]
        for pointed in change.pointer[1:]:
            row = elements.classes_by_tag().get(pointed.section)
            if row is None:
                raise self._error(f"unknown class tag {pointed.section or '(empty)'}", change)
            steps.append(Step(row.name, self._number(row, pointed, steps, change), row.name == _GOODS_ITEM))
            owner = row
        tag = change.pointer[-1].tag
        if tag is None:
            return steps
        name = owner.field_of(tag)
        if name is None:
            raise self._error(f"unknown field tag {tag} of {owner.name}", change)
        return [*steps, Step(name)]

    def _number(self, row: elements.Class, pointed: PointerStep, above: list[Step], change: Change) -> int:
        if row.single:
            return 1
        if pointed.sequence:
            return pointed.sequence
        owners = (_follow(self.root, above), _follow(self.fragment, above))
        if any(owner is not None and len(owner.every(row.name)) > 1 for owner in owners):
            raise self._error(f"{row.name} comes several times, and the pointer doesn't say which", change)
        return 1

    def _created(self, steps: list[Step]) -> Node:
        here = self.root
        for step in steps:
            here = here.select(step) or here.create(step)
            here.deleted = False
        return here

    def _positions(self, steps: list[Step]) -> list[Step]:
        """The steps with positions instead of own numbers, as far as they lead."""
        here: Node | None = self.root
        found = []
        for step in steps:
            parent, here = here, here.select(step) if here else None
            found.append(Step(step.name, parent.every(step.name).index(here) + 1) if parent and here else step)
        return found

    def _error(self, reason: str, change: Change) -> DocumentError:
        pointer = "/".join(
            step.section + (f"[{step.sequence}]" if step.sequence else "") + (f"/{step.tag}" if step.tag else "")
            for step in change.pointer
        )
        hint = "Ask the sender to correct the pointer"
        return self.request.error(f"{reason}: pointer {pointer or '(empty)'}", hint)


def _is_field(change: Change) -> bool:
    return change.pointer[-1].tag is not None


def _follow(root: Node, steps: list[Step]) -> Node | None:
    here: Node | None = root
    for step in steps:
        here = here.select(step) if here else None
    return here


def _path(steps: list[Step]) -> str:
    return "/".join(["Declaration", *map(str, steps)])


def _differences(before: Node | None, given: Node, path: str) -> Iterator[str]:
    if given.used or (given.empty and not given.children):
        return
    if not given.children:
        if before is None or before.text.strip() != given.text.strip():
            yield f"{path} is not pointed at; its value in the amendment differs from the declaration's and is ignored"
        return
    counts: dict[str, int] = {}
    for child in given.children:
        counts[child.name] = counts.get(child.name, 0) + 1
        if path == "Declaration" and _of_the_message(child):
            continue
        own = child.own_number if child.name == _GOODS_ITEM else None
        step = Step(child.name, own or counts[child.name], own is not None)
        yield from _differences(before.select(step) if before else None, child, f"{path}/{step}")


def _of_the_message(child: Node) -> bool:
    return child.name in _OF_THE_MESSAGE or (child.name == "AdditionalInformation" and bool(child.every("Pointer")))

"""A message tree that can be changed in place, with the positions of the unchanged one until it is finished."""

from dataclasses import dataclass, field
from typing import Final

from ledger.documents.tree import Element, whole_number

_OWN_NUMBER: Final = "SequenceNumeric"


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: a name, and which one of that name.

    Attributes:
        name: of the element.
        number: its position from 1, or its own `SequenceNumeric`.
        own: whether `number` is its own one.
    """

    name: str
    number: int = 1
    own: bool = False

    def __str__(self) -> str:
        """As in a canonical path."""
        return f"{self.name}[{self.number}]"


@dataclass(eq=False, slots=True)
class Node:
    """An element that can be changed. What is deleted keeps its place until `element` builds the result."""

    name: str
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    children: list["Node"] = field(default_factory=list)
    deleted: bool = False
    created: bool = False
    used: bool = False

    @classmethod
    def of(cls, element: Element) -> "Node":
        """A copy that can be changed."""
        return cls(element.name, element.text, element.attributes, [cls.of(child) for child in element.children])

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it: padding, or what is left when all inside is deleted."""
        inside = any(not child.deleted for child in self.children)
        return not (inside or self.text.strip() or self.attributes)

    def every(self, name: str) -> list["Node"]:
        """The children of this name, in order, deleted ones too."""
        return [child for child in self.children if child.name == name]

    def select(self, step: Step) -> "Node | None":
        """The child that the step means, or None."""
        named = self.every(step.name)
        if step.own:
            numbers = [child.own_number or position for position, child in enumerate(named, 1)]
            return next((child for number, child in zip(numbers, named, strict=True) if number == step.number), None)
        return named[step.number - 1] if step.number <= len(named) else None

    @property
    def own_number(self) -> int | None:
        """Its `SequenceNumeric` (006), or None."""
        text = next((child.text.strip() for child in self.every(_OWN_NUMBER)), "")
        return whole_number(text)

    def create(self, step: Step) -> "Node":
        """A new child where the step points; siblings that are missing before it are created empty."""
        missing = 1 if step.own else step.number - len(self.every(step.name))
        new = [Node(step.name, created=True) for _ in range(missing)]
        for node in new:
            self._place(node)
        return new[-1]

    def replace(self, given: "Node") -> None:
        """Take over everything that the given one holds."""
        copy = Node.of(given.element())
        self.text, self.attributes, self.children, self.deleted = copy.text, copy.attributes, copy.children, False

    def _place(self, node: "Node") -> None:
        """After the last of its name; else fields before classes and by name, as the model mostly has it."""
        named = [position for position, child in enumerate(self.children) if child.name == node.name]
        if named:
            self.children.insert(named[-1] + 1, node)
            return
        key = _rank(node)
        place = (position for position, child in enumerate(self.children) if _rank(child) > key)
        self.children.insert(next(place, len(self.children)), node)

    def element(self) -> Element:
        """The element as it is now: without what was deleted, and what was emptied or created for nothing."""
        kept = [child for child in self.children if not child.deleted]
        inside = [child.element() for child in kept if not (child.empty and (child.created or child.children))]
        return Element(self.name, self.text, self.attributes, tuple(inside))


def _rank(node: Node) -> tuple[bool, str]:
    from ledger.documents.elements import classes

    return node.name in classes(), node.name

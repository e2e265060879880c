"""Everything that a batch of status questions needs, read in a handful of statements however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ledger.domain.codes import Leg
from ledger.domain.wire import WORD
from ledger.index.answers import Item
from ledger.index.folding import Folded
from ledger.index.reading import Session
from ledger.index.references import DEFAULT_WINDOW, SINGLE, Named, References, ReferenceType, is_near, named
from ledger.index.rows import load_declarations, load_families

_HEX = 2 * WORD


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusQuery:
    """One question "is it released?".

    Attributes:
        reference: what the asker has; ``0x`` and 64 hex digits name a declaration by its id.
        type: what kind of reference it is; None tries all kinds.
        country: jurisdiction, as an ISO 3166-1 alpha-2 code; None: whichever it was declared in.
        leg: EXPORT, TRANSIT or IMPORT; None: any.
        around: about when the goods moved (seconds), for references that are reused.
        window: how far from `around` they may have moved (seconds).
        scope: for an LRN, the declarant that gave it; by default the asker.
    """

    reference: str
    type: ReferenceType | None = None
    country: str | None = None
    leg: Leg | None = None
    around: int | None = None
    window: int = DEFAULT_WINDOW
    scope: str = ""

    @property
    def declaration(self) -> bytes | None:
        """The declaration's id, when the reference is one."""
        if self.type is not None or "0x" not in self.reference:
            return None
        digits = self.reference.strip().lower().removeprefix("0x")
        if len(digits) != _HEX or not self.reference.strip().startswith("0x"):
            return None
        try:
            return bytes.fromhex(digits)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question may mean.

    Attributes:
        tokens: the reference's, one for each type that it may be of.
        names: what is registered under them.
        declarations: those in question, each with the tokens that led to it.
    """

    tokens: Sequence[bytes]
    names: Sequence[Named]
    declarations: Sequence[tuple[Folded, frozenset[bytes]]]


class Lookup:
    """The declarations that questions name."""

    def __init__(self, session: Session, references: References | None, scope: str) -> None:
        """Read in a session; `scope` is whose LRNs are meant unless a question says."""
        self._session = session
        self._references = references
        self._scope = scope

    def find(self, queries: Sequence[StatusQuery]) -> list[Meant]:
        """What each question may mean, whoever asks."""
        ids = [query.declaration for query in queries]
        tokens = [self._tokens(query) if id_ is None else [] for query, id_ in zip(queries, ids, strict=True)]
        found = named(self._session, {token for some in tokens for token in some})
        names = [
            [one for token in some for one in found.get(token, ()) if is_near(one, query.around, query.window)]
            for query, some in zip(queries, tokens, strict=True)
        ]
        return [Meant(*one) for one in zip(tokens, names, self._declarations(ids, names), strict=True)]

    def _tokens(self, query: StatusQuery) -> list[bytes]:
        if self._references is None:
            return []
        kinds = ReferenceType if query.type is None else (query.type,)
        return self._references.tokens(query.reference, kinds, query.scope or self._scope)

    def _declarations(
        self, ids: Sequence[bytes | None], names: Sequence[Sequence[Named]]
    ) -> Iterable[Sequence[tuple[Folded, frozenset[bytes]]]]:
        every = [one for some in names for one in some]
        direct = {id_ for id_ in ids if id_ is not None}
        known = load_declarations(self._session, direct | {one.declaration for one in every if one.type in SINGLE})
        families = load_families(self._session, {one.declaration for one in every if one.type not in SINGLE})
        meant = _Goods(known, families, _by_consignment(families))
        for id_, some in zip(ids, names, strict=True):
            single = known.get(id_ or b"")
            yield [(single, frozenset())] if single else meant.by(some)


@dataclass(frozen=True, slots=True)
class _Goods:
    known: Mapping[bytes, Folded]
    families: Mapping[bytes, Folded]
    members: Mapping[bytes, list[Folded]]

    def by(self, names: Iterable[Named]) -> list[tuple[Folded, frozenset[bytes]]]:
        """The declarations that names mean, each once; those whose lodgement is not indexed yet are left out."""
        found: dict[bytes, tuple[Folded, frozenset[bytes]]] = {}
        for name in names:
            for one in self._of(name):
                _, tokens = found.get(one.state.id, (one, frozenset()))
                found[one.state.id] = (one, tokens | {name.token})
        return list(found.values())

    def _of(self, name: Named) -> Sequence[Folded]:
        single = name.type in SINGLE
        found = (self.known if single else self.families).get(name.declaration)
        if found is None:
            return ()
        return [found] if single else self.members[found.state.consignment]


def _by_consignment(members: Mapping[bytes, Folded]) -> Mapping[bytes, list[Folded]]:
    found: dict[bytes, list[Folded]] = defaultdict(list)
    for one in members.values():
        found[one.state.consignment].append(one)
    return found


def load_scopes(session: Session, roots: Collection[bytes]) -> dict[bytes, tuple[Item, ...]]:
    """The goods items of scopes whose document this store has."""
    rows = session.within("SELECT root, items FROM scopes WHERE root IN ({keys})", roots)
    return {row[0]: tuple(msgspec.json.decode(row[1], type=list[Item])) for row in rows}

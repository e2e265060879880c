"""Everything that a batch of status questions needs, read in a handful of statements however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ledger.domain.codes import Leg
from ledger.domain.wire import WORD
from ledger.index.answers import Item
from ledger.index.errors import ReferenceFormatError
from ledger.index.folding import Folded
from ledger.index.reading import Session
from ledger.index.references import DEFAULT_WINDOW, SINGLE, Named, Reference, References, ReferenceType, is_near, named
from ledger.index.rows import load_declarations, load_members

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
        digits = self.reference.strip().lower().removeprefix("0x")
        if self.type is not None or len(digits) != _HEX or not self.reference.strip().startswith("0x"):
            return None
        try:
            return bytes.fromhex(digits)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Meant:
    """What a question may mean: tokens in its order of types, those they name, and the declarations in question."""

    tokens: Sequence[bytes]
    names: Sequence[Named]
    declarations: Sequence[Folded]


class Lookup:
    """The declarations that questions name."""

    def __init__(self, session: Session, references: References | None, scope: str) -> None:
        """Read in a session; `scope` is whose LRNs are meant unless a question says."""
        self._session = session
        self._references = references
        self._scope = scope

    def find(self, queries: Sequence[StatusQuery]) -> list[Meant]:
        """What each question may mean, whoever asks."""
        tokens = [self._tokens(query) for query in queries]
        found = named(self._session, {token for some in tokens for token in some})
        names = [
            [one for token in some for one in found.get(token, []) if is_near(one, query.around, query.window)]
            for query, some in zip(queries, tokens, strict=True)
        ]
        declarations = self._declarations(queries, names)
        return [Meant(*one) for one in zip(tokens, names, declarations, strict=True)]

    def _tokens(self, query: StatusQuery) -> list[bytes]:
        if self._references is None or query.declaration is not None:
            return []
        kinds = list(ReferenceType) if query.type is None else [query.type]
        return [token for kind in kinds if (token := self._token(self._references, kind, query)) is not None]

    def _token(self, references: References, kind: ReferenceType, query: StatusQuery) -> bytes | None:
        scope = (query.scope or self._scope) if kind is ReferenceType.LRN else ""
        try:
            return references.token(Reference(kind, query.reference, scope))
        except ReferenceFormatError:
            return None

    def _declarations(
        self, queries: Sequence[StatusQuery], names: Sequence[Sequence[Named]]
    ) -> Iterable[Sequence[Folded]]:
        direct = {query.declaration for query in queries}
        ids = {one.declaration for some in names for one in some} | {one for one in direct if one is not None}
        known = load_declarations(self._session, ids)
        wide = {one.declaration for some in names for one in some if one.type not in SINGLE}
        members = _by_consignment(
            load_members(self._session, {known[one].state.consignment for one in wide & set(known)})
        )
        for query, some in zip(queries, names, strict=True):
            meant: dict[bytes, Folded] = {}
            for one in some:
                folded = known.get(one.declaration)
                if folded is not None:
                    meant[folded.state.id] = folded
                    extra = () if one.type in SINGLE else members.get(folded.state.consignment, ())
                    meant.update((other.state.id, other) for other in extra)
            single = known.get(query.declaration or b"")
            yield [single] if single else list(meant.values())


def _by_consignment(members: Mapping[bytes, Folded]) -> Mapping[bytes, list[Folded]]:
    found: dict[bytes, list[Folded]] = defaultdict(list)
    for one in members.values():
        found[one.state.consignment].append(one)
    return found


def load_scopes(session: Session, roots: Collection[bytes]) -> dict[bytes, tuple[Item, ...]]:
    """The goods items of scopes whose document this store has."""
    rows = session.within("SELECT root, items FROM scopes WHERE root IN ({keys})", roots)
    return {row[0]: tuple(msgspec.json.decode(row[1], type=list[Item])) for row in rows}

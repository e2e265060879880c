"""A chain, its store and the questions to it, in one hand."""

from pathlib import Path
from typing import Any

from ledger.index.answers import StatusAnswer
from ledger.index.freshness import Freshness
from ledger.index.indexer import Indexer
from ledger.index.lookup import StatusQuery
from ledger.index.queries import Queries
from ledger.index.readers import Readers
from ledger.index.references import Reference, References, ReferenceType
from ledger.index.store import Store
from tests.index.streams import PLATFORM, Chain, peopled

ORDER = Reference(ReferenceType.ORDER, "ORDER-1")


class World:
    def __init__(self, store: Store, folder: Path, chain: Chain | None = None) -> None:
        self.store = store
        self.chain = chain or peopled()
        self.now = 0
        self.references = References(store, folder / "index.key")
        self.readers = Readers(store, self.references)
        self.queries = Queries(store, self.references, lambda: self.now or self.chain.time)
        self.indexer = Indexer(store)

    def index(self) -> None:
        self.chain.block()
        self.indexer.apply(self.chain.blocks, self.chain.events)

    def name(self, declaration: Any, *references: Reference, at: int | None = None) -> None:
        self.references.add((one, declaration, at or self.chain.time) for one in references or (ORDER,))

    def ask(self, reference: Any = ORDER, viewer: int | None = PLATFORM, **given: Any) -> StatusAnswer:
        freshness = given.pop("freshness", Freshness())
        self.index()
        if isinstance(reference, Reference):
            query = StatusQuery(reference=reference.value, type=reference.type, scope=reference.scope, **given)
        else:
            query = StatusQuery(reference=reference if isinstance(reference, str) else f"0x{reference.hex()}", **given)
        return self.queries.status(query, viewer, freshness)

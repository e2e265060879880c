"""How Alembic runs here: always inside the connection and transaction that `ledger.index.migrate` gives it."""

from alembic import context

from ledger.index import proof_tables, recognition_tables, sealed_tables, tables  # noqa: F401 - all fill the metadata
from ledger.index.columns import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

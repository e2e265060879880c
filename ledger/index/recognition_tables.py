"""The tables of mutual recognition: all folded from events."""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from ledger.index.columns import code, hash_, metadata, number

recognitions: Final = Table(
    "recognitions",
    metadata,
    hash_("digest", primary_key=True),
    hash_("declaration"),
    hash_("parent"),
    hash_("control"),
    code("depth"),
    hash_("arrangement"),
    hash_("aeo"),
    number("administration"),
    code("version"),
    code("verdict"),
    code("risk"),
    code("reason"),
    number("effective_at"),
    code("withdrawn"),
    number("at"),
    Index("recognitions_declaration", "declaration"),
    Index("recognitions_control", "control"),
    Index("recognitions_aeo", "aeo"),
)

controls: Final = Table(
    "controls",
    metadata,
    hash_("digest", primary_key=True),
    hash_("declaration"),
    number("administration"),
    number("office"),
    code("version"),
    code("method"),
    code("outcome"),
    code("risk"),
    hash_("standard"),
    hash_("seals"),
    code("seal_state"),
    number("effective_at"),
    number("valid_until"),
    hash_("superseded_by"),
    Index("controls_declaration", "declaration"),
)

reliances: Final = Table(
    "reliances",
    metadata,
    hash_("declaration"),
    code("place"),
    hash_("recognition"),
    PrimaryKeyConstraint("declaration", "place"),
    Index("reliances_recognition", "recognition"),
)

arrangements: Final = Table(
    "arrangements",
    metadata,
    hash_("digest", primary_key=True),
    number("first"),
    number("second"),
    hash_("predecessor"),
    code("procedures"),
    code("methods"),
    code("risks"),
    hash_("standard"),
    hash_("annex"),
    number("valid_from"),
    number("valid_until"),
    number("ends_at"),
    Index("arrangements_pair", "first", "second"),
)

lines: Final = Table(
    "arrangement_lines",
    metadata,
    number("first"),
    number("second"),
    hash_("latest"),
    hash_("head"),
    code("suspended_by_first"),
    code("suspended_by_second"),
    PrimaryKeyConstraint("first", "second"),
)

aeo_grants: Final = Table(
    "aeo_grants",
    metadata,
    hash_("digest", primary_key=True),
    number("administration"),
    number("operator"),
    hash_("programme"),
    number("valid_from"),
    number("valid_until"),
    number("ended_from", nullable=True),
    Index("aeo_grants_operator", "operator"),
)

assistance: Final = Table(
    "assistance",
    metadata,
    hash_("digest", primary_key=True),
    number("administration"),
    number("addressee"),
    hash_("consignment"),
    code("kind"),
    hash_("legal_basis"),
    hash_("commitment"),
    number("due_at"),
    number("at"),
    hash_("answer"),
    number("answered_at"),
    Index("assistance_addressee", "addressee"),
    Index("assistance_consignment", "consignment"),
)

work_items: Final = Table(
    "work_items",
    metadata,
    number("block"),
    number("log"),
    number("place"),
    number("administration"),
    code("kind"),
    hash_("subject"),
    hash_("about"),
    PrimaryKeyConstraint("block", "log", "place"),
    Index("work_items_administration", "administration", "block", "log", "place"),
    Index("work_items_subject", "subject"),
)

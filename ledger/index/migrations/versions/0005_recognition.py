"""What administrations recognise of each other's controls, and on what declarations rely."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _hash(name: str, **options: Any) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False, **options)


def _number(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=options.pop("nullable", False), **options)


def _code(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, **options)


def upgrade() -> None:
    op.add_column("declarations", _code("relies", server_default="0"))
    op.add_column("declarations", sa.Column("touched", sa.Text, nullable=False, server_default="0" * 16))
    _recognitions()
    _arrangements()
    _others()


def _recognitions() -> None:
    op.create_table(
        "recognitions",
        _hash("digest", primary_key=True),
        _hash("declaration"),
        _hash("parent"),
        _hash("control"),
        _code("depth"),
        _hash("arrangement"),
        _hash("aeo"),
        _number("administration"),
        _code("version"),
        _code("verdict"),
        _code("risk"),
        _code("reason"),
        _number("effective_at"),
        _code("withdrawn"),
        _number("at"),
    )
    op.create_index("recognitions_declaration", "recognitions", ["declaration"])
    op.create_index("recognitions_control", "recognitions", ["control"])
    op.create_table(
        "controls",
        _hash("digest", primary_key=True),
        _hash("declaration"),
        _number("administration"),
        _number("office"),
        _code("version"),
        _code("method"),
        _code("outcome"),
        _code("risk"),
        _hash("standard"),
        _hash("seals"),
        _code("seal_state"),
        _number("effective_at"),
        _number("valid_until"),
        _hash("superseded_by"),
    )
    op.create_index("controls_declaration", "controls", ["declaration"])
    op.create_table(
        "reliances",
        _hash("declaration"),
        _code("place"),
        _hash("recognition"),
        sa.PrimaryKeyConstraint("declaration", "place"),
    )
    op.create_index("reliances_recognition", "reliances", ["recognition"])


def _arrangements() -> None:
    op.create_table(
        "arrangements",
        _hash("digest", primary_key=True),
        _number("first"),
        _number("second"),
        _hash("predecessor"),
        _code("procedures"),
        _code("methods"),
        _code("risks"),
        _hash("standard"),
        _hash("annex"),
        _number("valid_from"),
        _number("valid_until"),
        _number("ends_at"),
    )
    op.create_index("arrangements_pair", "arrangements", ["first", "second"])
    op.create_table(
        "arrangement_lines",
        _number("first"),
        _number("second"),
        _hash("latest"),
        _hash("head"),
        _code("suspended_by_first"),
        _code("suspended_by_second"),
        sa.PrimaryKeyConstraint("first", "second"),
    )


def _others() -> None:
    op.create_table(
        "aeo_grants",
        _hash("digest", primary_key=True),
        _number("administration"),
        _number("operator"),
        _hash("programme"),
        _number("valid_from"),
        _number("valid_until"),
        _number("ended_from", nullable=True),
    )
    op.create_index("aeo_grants_operator", "aeo_grants", ["operator"])
    op.create_table(
        "assistance",
        _hash("digest", primary_key=True),
        _number("administration"),
        _number("addressee"),
        _hash("consignment"),
        _code("kind"),
        _hash("legal_basis"),
        _hash("commitment"),
        _number("due_at"),
        _number("at"),
        _hash("answer"),
        _number("answered_at"),
    )
    op.create_index("assistance_addressee", "assistance", ["addressee"])
    op.create_index("assistance_consignment", "assistance", ["consignment"])


def downgrade() -> None:
    op.drop_table("assistance")
    op.drop_table("aeo_grants")
    op.drop_table("arrangement_lines")
    op.drop_table("arrangements")
    op.drop_table("reliances")
    op.drop_table("controls")
    op.drop_table("recognitions")
    op.drop_column("declarations", "touched")
    op.drop_column("declarations", "relies")

"""Columns that the tables are made of: ids and hashes are raw bytes, times and amounts numbers, codes wire values."""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, MetaData, Text

metadata: Final = MetaData()

Serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in an INTEGER PRIMARY KEY


def hash_(name: str, **options: Any) -> Column[bytes]:
    """Raw bytes: ids, digests, hashes, and content."""
    return Column(name, LargeBinary, nullable=options.pop("nullable", False), **options)


def number(name: str, **options: Any) -> Column[int]:
    """A number of up to 63 bits."""
    return Column(name, BigInteger, nullable=options.pop("nullable", False), **options)


def code(name: str, **options: Any) -> Column[int]:
    """A wire value."""
    return Column(name, Integer, nullable=options.pop("nullable", False), **options)


def text(name: str, **options: Any) -> Column[str]:
    """Text."""
    return Column(name, Text, nullable=options.pop("nullable", False), **options)


def of_declaration(**options: Any) -> Column[bytes]:
    """A recorded declaration; the row goes with it."""
    return Column(
        "declaration",
        LargeBinary,
        ForeignKey("declarations.id", ondelete="CASCADE"),
        nullable=False,
        **options,
    )


def serial(name: str) -> Column[int]:
    """A number that the database gives."""
    return Column(name, Serial, primary_key=True, autoincrement=True)

"""Kinds of column that both databases keep alike."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Dialect, Enum, Integer, Tuple, tuple_
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import String, TypeDecorator, TypeEngine


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC: ``timestamptz`` on PostgreSQL, ISO text that sorts on SQLite.

    Raises:
        ValueError: for a moment without an offset.
    """

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type on this database."""
        return dialect.type_descriptor(String(32) if dialect.name == "sqlite" else TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Into the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without its offset from UTC")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - SQLAlchemy's
        """Out of the database."""
        if value is None or isinstance(value, datetime):
            return value
        return datetime.fromisoformat(value)


def words(choices: type[StrEnum]) -> Enum:
    """A column that stores a StrEnum by its words, and that the database checks."""
    return Enum(
        choices,
        name=choices.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def place_in(order: Sequence[Column[Any]], of_row: Sequence[object]) -> Tuple:
    """What a row has in the columns of an order, as values of those columns: to compare rows with it."""
    return tuple_(*of_row, types=[column.type for column in order])


Document = JSON().with_variant(JSONB, "postgresql")
Serial = BigInteger().with_variant(Integer, "sqlite")

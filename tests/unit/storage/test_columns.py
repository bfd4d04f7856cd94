"""Moments are kept aware, in UTC, and sort as they follow each other."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import CheckConstraint, Column, Enum, MetaData, Table
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.cases import CaseState
from portal.storage.columns import Moment, words

DIALECTS = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call] # SQLAlchemy's
MOMENTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis adds the offset
    datetime(2200, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(moment=MOMENTS)
def test_a_moment_comes_back_the_same_and_in_utc(dialect, moment):
    kept = Moment().process_bind_param(moment, dialect)
    back = Moment().process_result_value(kept, dialect)

    assert back == moment
    assert back is not None
    assert back.utcoffset() == timedelta(0)


@given(MOMENTS, MOMENTS)
def test_kept_as_text_moments_sort_as_they_follow_each_other(one, another):
    first, second = (Moment().process_bind_param(moment, DIALECTS[0]) for moment in (one, another))

    assert (first < second) is (one < another)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_moment_without_its_offset_is_refused(dialect):
    with pytest.raises(ValueError, match="offset"):
        Moment().process_bind_param(datetime(2026, 11, 23, 10), dialect)  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_no_moment_is_none(dialect):
    assert Moment().process_bind_param(None, dialect) is None
    assert Moment().process_result_value(None, dialect) is None


def test_a_moment_that_the_driver_gives_is_left_as_it_is():
    moment = datetime(2026, 11, 23, 10, tzinfo=UTC)

    assert Moment().process_result_value(moment, DIALECTS[1]) is moment


def test_words_are_kept_as_words_and_checked_by_the_database():
    kind = words(CaseState)
    table = Table("anything", MetaData(), Column("state", kind))

    assert isinstance(kind, Enum)
    assert kind.enums == ["open", "finished"]
    assert [c for c in table.constraints if isinstance(c, CheckConstraint)]

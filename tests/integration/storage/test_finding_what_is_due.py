"""What is due is found at the head of an index, however many messages wait for their day."""

from typing import Any

import pytest
from sqlalchemy import event, text

from portal.storage.database import Database
from portal.storage.messages import Outbox
from tests.making import NOW


async def plans(database: Database, ask: Any) -> list[str]:
    """How the database goes about each question on messages, in its own words."""
    asked: list[tuple[str, Any]] = []

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "messages" in statement and not statement.startswith("EXPLAIN"):
            asked.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.changing() as session:
        await ask(Outbox(session))
        connection = await session.connection()
        if not database.is_sqlite:  # an empty table is read whole, whatever indexes it has
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        return [
            "\n".join(str(row[-1]) for row in await connection.exec_driver_sql(explain + statement, given))
            for statement, given in list(asked)
        ]


QUESTIONS = {
    "everything": (
        lambda outbox: outbox.claim(now=NOW, most=40),
        ["ix_messages_purpose_state_due_at", "ix_messages_state_claimed_at", "ix_messages_state_due_at"],
    ),
    "what is urgent": (
        lambda outbox: outbox.claim(now=NOW, most=40, urgent_only=True),
        ["ix_messages_purpose_state_due_at", "ix_messages_state_claimed_at"],
    ),
    "what to ask after": (lambda outbox: outbox.to_ask_after(now=NOW, most=20), ["ix_messages_asks_at"]),
    "what falls back": (lambda outbox: outbox.to_fall_back(now=NOW, most=20), ["ix_messages_falls_back_at"]),
}


@pytest.mark.parametrize(("ask", "indexes"), QUESTIONS.values(), ids=QUESTIONS)
async def test_no_question_of_a_worker_reads_all_messages(database, ask, indexes):
    found = await plans(database, ask)

    assert len(found) == len(indexes)
    for plan, index in zip(found, indexes, strict=True):
        assert index in plan
        assert "SCAN messages" not in plan
        assert "Seq Scan on messages" not in plan

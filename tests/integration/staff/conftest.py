"""People to write to."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from portal.domain.appointments import Appointment
from portal.domain.cases import Case
from portal.domain.offenders import Offender
from tests.integration.conftest import Keep
from tests.integration.staff.sent import TOMORROW
from tests.making import a_case, an_appointment, an_offender

Somebody: TypeAlias = Callable[..., Awaitable[tuple[Offender, Case, Appointment]]]


@pytest.fixture
def with_an_appointment(keep: Keep) -> Somebody:
    """Call it for somebody with an appointment tomorrow, and with whatever else makes of the three."""

    async def somebody(
        *others: Callable[..., Any], person: Offender | None = None, case: Case | None = None, **changes: Any
    ) -> tuple[Offender, Case, Appointment]:
        person = person or an_offender(**changes.pop("of", {}))
        case = case or a_case(person)
        appointment = an_appointment(case, **{"starts_at": TOMORROW} | changes)
        await keep(person, case, appointment, *(other(person, case, appointment) for other in others))
        return person, case, appointment

    return somebody

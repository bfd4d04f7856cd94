"""The offender's pages.  Nothing here reaches a victim."""

from litestar import Router

from portal.offender import appointments, conditions, entry, messages
from portal.storage.unit_of_work import OffenderWork
from portal.web.transactions import transactions

router = Router(
    "/",
    route_handlers=[*entry.handlers, *conditions.handlers, *appointments.handlers, *messages.handlers],
    opt={"surface": "offender", "audience": "offender"},
    dependencies=transactions(OffenderWork),
    include_in_schema=False,
)

"""The staff's pages: which cases there are, what happened in each, what is to do, and whom to write to."""

from litestar import Router

from portal.staff import cases, contact_rules, entry, messages, runs, tasks
from portal.storage.unit_of_work import StaffWork
from portal.web.transactions import transactions

router = Router(
    "/staff",
    route_handlers=[
        *(
            *entry.handlers,
            *cases.handlers,
            *contact_rules.handlers,
            *messages.handlers,
            *runs.handlers,
            *tasks.handlers,
        ),
    ],
    opt={"surface": "staff", "audience": "staff"},
    dependencies=transactions(StaffWork),
    include_in_schema=False,
)

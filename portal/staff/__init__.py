"""The staff's pages: which cases there are, and what happened in each."""

from litestar import Router

from portal.staff import cases, entry
from portal.storage.unit_of_work import StaffWork
from portal.web.transactions import transactions

router = Router(
    "/staff",
    route_handlers=[*entry.handlers, *cases.handlers],
    opt={"surface": "staff", "audience": "staff"},
    dependencies=transactions(StaffWork),
    include_in_schema=False,
)

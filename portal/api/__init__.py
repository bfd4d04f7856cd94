"""What machines speak to."""

from litestar import Router

from portal.api import receipts

router = Router(
    "/api",
    route_handlers=[*receipts.handlers],
    opt={"surface": "api", "audience": "bearer"},
    include_in_schema=False,
)

"""What machines speak to."""

from litestar import Router

from portal.api import receipts, received_texts

router = Router(
    "/api",
    route_handlers=[*receipts.handlers, *received_texts.handlers],
    opt={"surface": "api", "audience": "bearer"},
    include_in_schema=False,
)

"""One unit of work, or one look, for each request that asks for it."""

from collections.abc import AsyncGenerator, Callable
from typing import TypeAlias, TypeVar

from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from portal.storage.unit_of_work import Look, OffenderWork, StaffWork, UnitOfWork, look, unit_of_work
from portal.web.signing_in import who
from portal.web.site import Visit, site_of, surface_of

Looking: TypeAlias = NamedDependency[SkipValidation[Look]]
"""A handler that asks for ``look: Looking`` reads; whose record it saw is written down after."""
OffenderWorking: TypeAlias = NamedDependency[SkipValidation[OffenderWork]]
"""A handler that asks for ``work`` runs inside one unit of work."""
StaffWorking: TypeAlias = NamedDependency[SkipValidation[StaffWork]]
Kind = TypeVar("Kind", bound=UnitOfWork)


def transactions(kind: type[Kind]) -> dict[str, Provide]:
    """What a surface's router gives its handlers.

    Litestar resumes the generators after the page is rendered and before any of
    it is sent, so a handler that raises, a template that breaks and a commit
    that fails all end the same way: nothing kept, and an error page.
    """
    return {"work": Provide(_provide_work(kind)), "look": Provide(provide_look)}


def _provide_work(kind: type[Kind]) -> Callable[[Visit], AsyncGenerator[Kind, None]]:
    async def work(request: Visit) -> AsyncGenerator[Kind, None]:
        site = site_of(request)
        database = site.databases[surface_of(request)]
        async with unit_of_work(database, kind, now=site.clock.now(), who=who(request)) as unit:
            yield unit

    return work


async def provide_look(request: Visit) -> AsyncGenerator[Look, None]:
    """A look at the records of the request's surface."""
    site = site_of(request)
    database = site.databases[surface_of(request)]
    async with look(database, now=site.clock.now(), who=who(request)) as looking:
        yield looking

"""Who carries messages, as the services see them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias
from uuid import UUID

from portal.domain.deliveries import Accepted, Letter, Outcome
from portal.domain.messages import NotifyService
from portal.storage.unit_of_work import WholeWork


class Courier(Protocol):
    """Its methods block, and are called in threads; but for the first, which only thinks."""

    def wording_of(self, letter: Letter) -> str:
        """The name of the words that a letter goes in, and their version: ``name@version``."""

    def deliver(self, letter: Letter) -> Outcome:
        """Hand it over, once.

        Raises:
            CourierStopped, CourierIsBusy: if nothing at all can be sent by that service.
        """

    def find(self, reference: UUID, service: NotifyService) -> Accepted | None:
        """Whether a message of this reference was taken by this service before.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """

    def status(self, notify_id: UUID, service: NotifyService) -> str | None:
        """What became of what this service took, or None when that is not known.

        Raises:
            CourierStopped, CourierIsAway: if that cannot be known now.
        """


Works: TypeAlias = Callable[[], AbstractAsyncContextManager[WholeWork]]
"""Begins a unit of work of the worker's."""

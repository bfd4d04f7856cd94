"""Trouble on request: calls of the API fail in the way that a test asks for, so many or a share of them."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Annotated

import msgspec
from litestar.types import Scope


class Kind(StrEnum):
    """A way to fail."""

    BAD_REQUEST = "400"
    """A page from something in front of Notify, which says nothing about the message."""
    ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    TIMEOUT = "504"
    THROTTLED = "429"
    NOT_FOUND = "404"
    NOT_JSON = "not-json"
    """A 200 that a machine cannot read."""
    HANG = "hang"
    """No answer for ``seconds``; then, if it was stored, the true one."""
    CUT_OFF = "cut-off"
    """The connection ends in the middle of the answer."""
    RESET = "reset"
    """The connection ends before there is any answer."""


class On(StrEnum):
    """Which calls fail."""

    SENDS = "sends"
    READS = "reads"
    ALL = "all"


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An order for trouble.  One that is ``stored`` does the work first, and then fails to say so."""

    kind: Kind
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    """How many calls fail: one if nothing is said, and without end if a share fails."""
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """The part of the calls that fails, each at random."""
    seed: int = 0
    """What the chances of a share follow from: the same seed strikes the same calls."""
    stored: bool = False
    on: On = On.SENDS
    seconds: float = 40.0

    def __post_init__(self) -> None:
        """One order is one fault, unless it says more."""
        if self.count is None and self.share is None:
            self.count = 1

    def is_meant_for(self, scope: Scope) -> bool:
        """Whether this is one of the calls that may fail."""
        path: str = scope["path"]
        sends = scope.get("method") == "POST" and path.startswith("/v2/notifications/")
        return path.startswith("/v2/") and (self.on is On.ALL or sends is (self.on is On.SENDS))


@dataclass
class Faults:
    """The trouble that is still to come, in the order in which it was asked for."""

    coming: list[Fault] = field(default_factory=list)
    _chances: dict[int, Random] = field(default_factory=dict)

    def take(self, scope: Scope) -> Fault | None:
        """The fault that strikes this call, used up by one."""
        fault = next((each for each in self.coming if each.is_meant_for(scope) and self._strikes(each)), None)
        if fault is not None and fault.count is not None:
            fault.count -= 1
            self.coming = [each for each in self.coming if each.count != 0]
        return fault

    def clear(self) -> None:
        """Call off all that is still to come."""
        self.coming.clear()
        self._chances.clear()

    def _strikes(self, fault: Fault) -> bool:
        if fault.share is None:
            return True
        chances = self._chances.setdefault(fault.seed, Random(fault.seed))  # noqa: S311 trouble is no secret
        return chances.random() < fault.share

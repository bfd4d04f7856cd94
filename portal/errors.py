"""What can go wrong in a way that we foresee.  Each has a page that says what to do."""


class PortalError(Exception):
    """Something foreseen went wrong, and there is a page to say so."""


class NotFound(PortalError):
    """There is no such thing, or it is not theirs to see: we do not say which."""


class RuleBroken(PortalError):
    """The request makes sense, but the rules forbid it now."""


class TooMany(PortalError):
    """A limit is reached; it can be tried again later."""

    def __init__(self, what: str, *, retry_after: int) -> None:
        super().__init__(f"too many: {what}")
        self.retry_after = retry_after
        """Whole seconds until the next try is counted afresh."""


class NotSignedIn(PortalError):
    """The page is for somebody who has signed in on its surface."""


class Forged(PortalError):
    """A form came without our token, or from another site."""


class Misconfigured(PortalError):
    """The settings do not allow a safe start.  The message says what to change."""

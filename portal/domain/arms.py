"""The wordings of a reminder that a force can try against each other."""

from enum import StrEnum


class Arm(StrEnum):
    """What a reminder says beside date, time and place.  Without a trial it is :attr:`PLAN`."""

    PLAIN = "plain"
    """Nothing more."""
    PLAN = "plan"
    """Plan how to come."""
    CONSEQUENCE = "consequence"
    """What happens if it is missed: honest and mild, never a threat."""
    COST = "cost"
    """What a missed place costs others."""

"""The arms of a trial of wordings: which of them keeps most people from missing an appointment."""

from enum import StrEnum


class Arm(StrEnum):
    """One way to word a reminder.  Where no trial runs, everybody gets the plan prompt."""

    PLAIN = "plain"
    PLAN = "plan"
    CONSEQUENCE = "consequence"
    COST = "cost"

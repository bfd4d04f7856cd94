# Django is in the yardsticks' own environment only
# mypy: ignore-errors
"""The tables of ``yardsticks/plain.sql``, as Django's ORM knows them."""

import uuid

from django.db import models


class Case(models.Model):
    """One resolution, as far as the page shows it; the rest is not loaded by the portal either."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    force = models.CharField(max_length=2)
    reference = models.CharField(max_length=64)
    offender_id = models.UUIDField()
    regime = models.CharField(max_length=40)
    complete_by = models.DateField()
    state = models.CharField(max_length=40)
    conditions_version = models.IntegerField()
    officer_name = models.TextField()
    officer_phone = models.TextField()
    officer_email = models.TextField()

    class Meta:
        """Where it is kept."""

        db_table, managed = "cases", False

    def __str__(self) -> str:
        """Its reference."""
        return self.reference


class Reading(models.Model):
    """That somebody said "I have read these"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE, related_name="readings")
    version = models.IntegerField()
    read_at = models.DateTimeField()

    class Meta:
        """Where it is kept."""

        db_table, managed = "readings", False

    def __str__(self) -> str:
        """What was read."""
        return f"{self.case_id} {self.version}"


class Condition(models.Model):
    """One thing to do."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE)
    kind = models.CharField(max_length=40)
    title = models.TextField()
    due_on = models.DateField()
    evidence = models.CharField(max_length=40)
    provider = models.TextField(blank=True)
    hours = models.IntegerField(null=True)
    amount_pence = models.IntegerField(null=True)
    progress = models.CharField(max_length=40)
    position = models.IntegerField()
    is_withdrawn = models.BooleanField()

    class Meta:
        """Where it is kept."""

        db_table, managed = "conditions", False

    def __str__(self) -> str:
        """What it is."""
        return self.title

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.progress in ("met", "excused")

    @property
    def is_left(self) -> bool:
        """Whether it is something to do, and not yet done."""
        return not self.is_done and self.evidence != "none"

    @property
    def amount(self) -> str:
        """As in "£85"."""
        pounds, pence = divmod(self.amount_pence, 100)
        return f"£{pounds:,}" + (f".{pence:02}" if pence else "")


class Appointment(models.Model):
    """When and where."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE)
    offender_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.TextField()
    bring = models.TextField()
    state = models.CharField(max_length=40)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        """Where it is kept."""

        db_table, managed = "appointments", False

    def __str__(self) -> str:
        """Where."""
        return self.place

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has said that they will come."""
        return self.state == "confirmed"


class AuditEvent(models.Model):
    """What was done."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    actor_id = models.UUIDField(null=True)
    deed = models.CharField(max_length=60)
    logged_as = models.CharField(max_length=40)
    force = models.CharField(max_length=2, blank=True)
    case_id = models.UUIDField(null=True)
    record_id = models.UUIDField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        """Where it is kept."""

        db_table, managed = "audit_events", False

    def __str__(self) -> str:
        """What was done."""
        return self.deed

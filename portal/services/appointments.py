"""Giving and confirming appointments."""

import json
from datetime import datetime
from uuid import UUID

from portal.domain.appointments import Appointment
from portal.domain.audit import LoggedAs
from portal.domain.messages import Message, Purpose
from portal.services.planning import plan_reminders
from portal.storage.unit_of_work import UnitOfWork


async def give(work: UnitOfWork, appointment: Appointment, *, force: str) -> Appointment:
    """Staff give the person an appointment: they are told, and reminded as it comes near."""
    work.appointments.add(appointment)
    offender = await work.offenders.find(appointment.offender_id)
    rules = await work.contact_rules.of_offender(offender.id)
    work.outbox.add(
        Message(
            offender_id=offender.id,
            case_id=appointment.case_id,
            about_id=appointment.id,
            purpose=Purpose.APPOINTMENT_BOOKED,
            language=offender.language,
            key=f"booked:{appointment.id}",
            personalisation="{}",
            posted_at=work.now,
            due_at=rules.times.window.next_open(work.now),
            send_before=appointment.starts_at,
        )
    )
    await plan_reminders(work, offender)
    await work.record(
        "appointment.given",
        LoggedAs.COLLECTION,
        force=force,
        case_id=appointment.case_id,
        record_id=appointment.id,
    )
    return appointment


async def confirm(work: UnitOfWork, appointment_id: UUID, *, offender_id: UUID) -> Appointment:
    """Record that the offender will attend, and acknowledge it to them.  Twice is once.

    Raises:
        NotFound: if the appointment is not theirs.
        AppointmentHasBegun, AppointmentIsOff: if there is nothing left to confirm.
    """
    appointment = await work.appointments.of_offender(offender_id, appointment_id, to_change=True)
    if appointment.confirm(at=work.now):
        await _acknowledge(work, appointment)
        await work.record(
            "appointment.confirmed",
            LoggedAs.ALTERATION,
            case_id=appointment.case_id,
            record_id=appointment.id,
        )
    return appointment


async def arrive(work: UnitOfWork, appointment_id: UUID, *, offender_id: UUID, at: datetime) -> Appointment:
    """Record that the person says they are there.  Twice is once.

    Raises:
        NotFound: if the appointment is not theirs.
        AppointmentIsOff, NotTimeToArrive: if nobody expects them there at that moment.
    """
    appointment = await work.appointments.of_offender(offender_id, appointment_id, to_change=True)
    if appointment.arrive(at=at):
        await work.record(
            "appointment.arrived",
            LoggedAs.COLLECTION,
            case_id=appointment.case_id,
            record_id=appointment.id,
        )
    return appointment


async def _acknowledge(work: UnitOfWork, appointment: Appointment) -> None:
    offender = await work.offenders.find(appointment.offender_id)
    case = await work.cases.of_offender(offender.id, appointment.case_id)
    facts = {
        "starts_at": appointment.starts_at.isoformat(),
        "place": appointment.place,
        "phone": case.officer_phone,
    }
    await work.outbox.post(
        Message(
            offender_id=appointment.offender_id,
            case_id=appointment.case_id,
            purpose=Purpose.APPOINTMENT_CONFIRMED,
            language=offender.language,
            key=f"appointment_confirmed:{appointment.id}",
            personalisation=json.dumps(facts),
            posted_at=work.now,
            due_at=work.now,
            send_before=min(appointment.starts_at, work.now + Purpose.APPOINTMENT_CONFIRMED.life),
        )
    )

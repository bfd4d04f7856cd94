"""What a trial of wordings has shown so far."""

from collections.abc import Mapping

import click

from portal.commands.joining import records, run, settings_of
from portal.domain.arms import Arm, Outcomes
from portal.storage.arms import outcomes


@click.command("arms")
def arms() -> None:
    """How many missed their appointment, by the wording of their reminder, with the 95% interval."""

    async def work() -> Mapping[tuple[str, Arm], Outcomes]:
        async with records(settings_of()) as database, database.reading() as connection:
            return await outcomes(connection)

    found = run(work())
    if not found:
        click.echo("No trial runs: name the arms of a force in PORTAL_FORCES_FILE.")
        return
    click.echo(f"{'force':<8}{'arm':<13}{'people':>8}{'ended':>8}{'missed':>8}  no-show rate (95%)")
    for (force, arm), of_arm in {**found, **_of_all(found)}.items():
        counts = f"{of_arm.people:>8}{of_arm.appointments:>8}{of_arm.missed:>8}"
        click.echo(f"{force:<8}{arm:<13}{counts}  {_rate(of_arm)}")


def _of_all(found: Mapping[tuple[str, Arm], Outcomes]) -> Mapping[tuple[str, Arm], Outcomes]:
    """The forces together, arm by arm."""
    return {
        ("all", arm): Outcomes(
            *(
                sum(getattr(each, name) for (_, of), each in found.items() if of is arm)
                for name in ("people", "appointments", "missed")
            )
        )
        for arm in Arm
        if any(of is arm for _, of in found)
    }


def _rate(of_arm: Outcomes) -> str:
    if of_arm.no_show_rate is None or of_arm.interval is None:
        return "none has ended yet"
    low, high = of_arm.interval
    return f"{of_arm.no_show_rate:.1%} ({low:.1%} to {high:.1%})"

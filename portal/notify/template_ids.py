"""Which template of Notify's says a wording: by the sandbox's own rule, or by the operator's file.

The file is flat: ``{"invitation.sms.en": id, "neutral.invitation.sms.en": id, …}``.  A name behind
a force's code, as in ``43/invitation.sms.en``, is a template of that force's own, and wins for it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from portal.domain.arms import Arm
from portal.domain.forces import FORCES
from portal.domain.messages import NotifyService
from portal.errors import Misconfigured
from portal.notify.wordings import Wording, wordings

SETTING = "PORTAL_NOTIFY_TEMPLATES"


@dataclass(frozen=True)
class TemplateIds:
    """The id of each wording's template in Notify."""

    shared: Mapping[str, UUID]
    """By the wording's name."""
    of_forces: Mapping[tuple[str, str], UUID] = field(default_factory=dict)
    """By the force's code and the wording's name."""
    unknown: tuple[str, ...] = ()
    """Names in the file that are none of a wording, or of no force."""

    def of(self, wording: Wording, force: str) -> UUID | None:
        """What a person of this force is sent; None where nobody created it."""
        return self.of_forces.get((force, wording.name)) or self.shared.get(wording.name)

    def is_the_forces_own(self, wording: Wording, force: str) -> bool:
        """Whether the force has its own template of it."""
        return (force, wording.name) in self.of_forces

    def forces_with_their_own(self, wording: Wording) -> Iterator[tuple[str, UUID]]:
        """Every force with a template of its own of this wording, and that template."""
        for (force, name), template in sorted(self.of_forces.items()):
            if name == wording.name:
                yield force, template


def sandbox_id(wording: Wording) -> UUID:
    """The template's id in the sandbox, where nobody has to create it by hand."""
    return uuid5(NAMESPACE_URL, f"portal:wording:{wording.name}")


def template_ids(path: Path | None, *, services: Iterable[NotifyService] = NotifyService) -> TemplateIds:
    """The templates that these services send.

    Args:
        path: a JSON file of names and ids; None for the sandbox's own.
        services: those we have a key of.  Each must have all its wordings, those of trials apart.

    Raises:
        Misconfigured: if the file cannot be read, or lacks a wording.
    """
    if path is None:
        return TemplateIds({wording.name: sandbox_id(wording) for wording in wordings()})
    given = _read(path)
    needed = (wording for wording in wordings(*services) if wording.arm is Arm.PLAN)
    missing = sorted(wording.name for wording in needed if wording.name not in given)
    if missing:
        raise Misconfigured(f"{SETTING}: {path.name} has no id for {', '.join(missing)}")
    known = {wording.name for wording in wordings()}
    shared = {name: template for name, template in given.items() if name in known}
    of_forces = {
        (force, name): template
        for (force, _, name), template in (
            (full.partition("/"), template) for full, template in given.items()
        )
        if force in FORCES and name in known
    }
    ours = shared.keys() | {f"{force}/{name}" for force, name in of_forces}
    return TemplateIds(shared, of_forces, tuple(sorted(given.keys() - ours)))


def _read(path: Path) -> dict[str, UUID]:
    try:
        return {name: UUID(written) for name, written in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError) as wrong:
        raise Misconfigured(f"{SETTING}: {path.name} cannot be read: {wrong}") from wrong

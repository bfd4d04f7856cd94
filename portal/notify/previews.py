"""What a person will read, and what sending it costs: for staff, before it is sent."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from portal.domain.arms import Arm
from portal.domain.deliveries import Content
from portal.domain.messages import Channel, NotifyService, Purpose
from portal.domain.texts import Preview, as_sent
from portal.languages import ENGLISH, LANGUAGES
from portal.notify.template_ids import TemplateIds
from portal.notify.wordings import Wording, arms_of, chosen, fill, filled_in


@dataclass(frozen=True)
class Previews:
    """Shows messages as they will be read.  Notify is not asked: the words are those we hold."""

    templates: TemplateIds
    base_url: str
    price: Decimal
    drafts: Callable[[str], bool]
    """Whether a force lets draft languages be used."""

    def preview(self, content: Content) -> Preview:
        """The message, with what is known of it filled in.

        Raises:
            KeyError: naming a placeholder that is not filled.
        """
        wording = chosen(content, drafts=self.drafts)
        values = fill(content, LANGUAGES[wording.language], base_url=self.base_url)
        body = filled_in(wording.body, values)
        own = self.templates.is_the_forces_own(wording, content.force)
        if wording.channel is Channel.EMAIL:
            return Preview(wording.subject, body, is_the_forces_own=own)
        text = as_sent(body, price=self.price)
        return Preview(None, text.sent, text.encoding, text.fragments, text.cost, is_the_forces_own=own)

    def arms(self, purpose: Purpose, force: str) -> Collection[Arm]:
        """The wordings of a message that a force can choose among: those that were created in Notify."""
        return [
            arm
            for arm in arms_of(purpose, NotifyService.PLAIN)
            if self.templates.of(Wording(purpose, Channel.SMS, ENGLISH.code, arm=arm), force)
        ]

"""How much a brake stops."""

import pytest

from portal.domain.brakes import Reach
from tests.making import a_brake


@pytest.mark.parametrize(
    ("name", "reach"),
    [
        ("plain", Reach.ALL),
        ("plain.sms", Reach.TEXTS),
        ("plain.email", Reach.EMAILS),
        ("neutral", Reach.SOME),
        ("neutral.sms", Reach.SOME),
        ("invitation.sms.en", Reach.SOME),
    ],
)
def test_a_brake_on_all_reaches_further_than_one_on_some_words(name, reach):
    assert a_brake(name=name).reach is reach

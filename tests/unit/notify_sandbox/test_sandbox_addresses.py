"""Email addresses are held against Notify's rules."""

import pytest

from portal.notify_sandbox.config import Channel
from portal.notify_sandbox.recipients import BadAddress, any_comparable, check_address, comparable


@pytest.mark.parametrize(
    "address",
    [
        "ann@mail.example",
        " ann@mail.example\u200b ",
        ".ann@mail.example",
        "o'neill+tag@mail.example",
        "a`b{c}|d~@mail.example",
        "ann@exämple.com",
        "ann@xn--exmple-cua.com",
        "ann@a-b.c-d.example",
    ],
)
def test_a_good_address_passes(address):
    check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@mail.example",
        "ann@mail",
        "ann@mail.e",
        "ann@mail.example.",
        "ann@.mail.example",
        "ann@mail..example",
        "an..n@mail.example",
        "ann@mail_box.example",
        "ann@-mail.example",
        "ann@mail-.example",
        "ann@one@mail.example",
        "än@mail.example",
        '"ann"@mail.example',
        "ann smith@mail.example",
        "ann@mail.exam ple",
        "ann@mail.123",
        f"ann@{'a' * 64}.example",
        f"ann@{'a.' * 125}example",
        f"{'a' * 310}@mail.example",
    ],
)
def test_a_bad_address_is_refused(address):
    with pytest.raises(BadAddress, match=r"^Not a valid email address$"):
        check_address(address)


def test_addresses_are_compared_without_case():
    assert comparable(Channel.EMAIL, "Ann@Mail.example") == "ann@mail.example"
    assert any_comparable("Ann@Mail.example ") == "ann@mail.example"

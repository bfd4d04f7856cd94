"""A sealed value opens where it was sealed, with a key of the ring, and nowhere else."""

import base64
import hashlib
import re
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.storage.keys import CannotOpen, KeyRing, derive, new_token, place, token_hash

OLD, NEW = "the secret of last year, at random", "the secret of this year, at random"
ROW, OTHER_ROW = uuid4(), uuid4()
HERE = place("offenders", "mobile", ROW)


@given(st.text())
def test_what_is_sealed_opens_again(text):
    ring = KeyRing((NEW,))

    assert ring.open(ring.seal(text, HERE), HERE) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        place("offenders", "mobile", OTHER_ROW),
        place("offenders", "landline", ROW),
        place("victims", "mobile", ROW),
        b"",
    ],
    ids=["another row", "another column", "another table", "nowhere"],
)
def test_a_sealed_value_does_not_open_elsewhere(elsewhere):
    ring = KeyRing((NEW,))

    with pytest.raises(CannotOpen):
        ring.open(ring.seal("+447700900123", HERE), elsewhere)


@pytest.mark.parametrize("position", range(0, 60, 3))
def test_a_damaged_value_does_not_open(position):
    ring = KeyRing((NEW,))
    sealed = bytearray(ring.seal("Gooseberry Hall, 3 Lavender Row", HERE))
    sealed[position] ^= 1

    with pytest.raises(CannotOpen):
        ring.open(bytes(sealed), HERE)


@pytest.mark.parametrize("length", [0, 1, 4, 5, 16, 17, 32])
def test_a_cut_value_does_not_open(length):
    ring = KeyRing((NEW,))

    with pytest.raises(CannotOpen):
        ring.open(ring.seal("Gooseberry Hall", HERE)[:length], HERE)


def test_a_retired_key_still_opens_and_is_not_current():
    sealed = KeyRing((OLD,)).seal("Morwenna", HERE)
    ring = KeyRing((NEW, OLD))

    assert ring.open(sealed, HERE) == "Morwenna"
    assert not ring.is_current(sealed)
    assert ring.is_current(ring.seal("Morwenna", HERE))


def test_a_missing_key_is_said_to_be_missing():
    sealed = KeyRing((OLD,)).seal("Morwenna", HERE)

    with pytest.raises(CannotOpen, match="not on the ring"):
        KeyRing((NEW,)).open(sealed, HERE)


def test_equal_texts_are_sealed_unequally():
    ring = KeyRing((NEW,))

    assert len({ring.seal("Morwenna", HERE) for _ in range(100)}) == 100


def test_an_index_finds_under_every_key_of_the_ring():
    kept = KeyRing((OLD,)).index("phone", "+447700900123")

    assert kept in KeyRing((NEW, OLD)).indexes("phone", "+447700900123")
    assert kept not in KeyRing((NEW,)).indexes("phone", "+447700900123")
    assert kept not in KeyRing((OLD,)).indexes("email", "+447700900123")


@pytest.mark.parametrize("name", sorted(hashlib.algorithms_guaranteed))
def test_an_index_is_no_hash_of_the_plain_text(name):
    number = b"+447700900123"
    hashed = hashlib.new(name, number)
    digest = hashed.digest(32) if name.startswith("shake") else hashed.digest()  # type: ignore[call-arg] # a shake's

    assert KeyRing((NEW,)).index("phone", number.decode()) != digest[:32]


def test_a_ring_does_not_show_its_secrets():
    assert NEW not in repr(KeyRing((NEW, OLD)))


def test_keys_of_different_purposes_differ():
    purposes = ("seal", "seal-id", "index:phone", "index:email", "sign:csrf")

    assert all(derive(NEW, one) != derive(NEW, other) for one, other in permutations(purposes, 2))


def test_a_signature_holds_for_its_own_purpose_alone():
    ring = KeyRing((NEW,))

    assert ring.signature("csrf", b"text") != ring.signature("cursor", b"text")
    assert ring.signature("csrf", b"text") != KeyRing((OLD,)).signature("csrf", b"text")


def test_tokens_are_all_different_safe_in_a_path_and_long_enough():
    tokens = [new_token() for _ in range(10_000)]

    assert len(set(tokens)) == 10_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)
    assert len(base64.urlsafe_b64decode(new_token(32) + "=")) == 32


def test_a_token_is_kept_as_its_sha_256():
    assert token_hash("abc") == hashlib.sha256(b"abc").digest()

"""Ids cannot be guessed, and those of one transaction may lie together."""

from portal.domain.ids import ids_that_lie_together, new_id


def test_ids_are_random_and_say_so():
    ids = [new_id() for _ in range(1000)]

    assert len({id_.bytes[:4] for id_ in ids}) > 990
    assert {id_.version for id_ in ids} == {4}


def test_ids_that_lie_together_begin_alike_and_differ_all_the_same():
    with ids_that_lie_together():
        ids = [new_id() for _ in range(1000)]

    assert len({id_.bytes[:4] for id_ in ids}) == 1
    assert len({id_.bytes[4:] for id_ in ids}) == 1000
    assert {id_.version for id_ in ids} == {4}


def test_each_time_and_after_it_they_begin_otherwise():
    beginnings = set()
    for _ in range(3):
        with ids_that_lie_together():
            beginnings.add(new_id().bytes[:4])
    beginnings.add(new_id().bytes[:4])

    assert len(beginnings) == 4

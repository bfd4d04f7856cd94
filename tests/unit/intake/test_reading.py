"""A file is read line by line, in memory that does not grow with it."""

import io
import tracemalloc

import pytest

from portal.intake.reading import LONGEST_LINE, lines

A_MEBIBYTE = 1024 * 1024


class Endless(io.RawIOBase):
    """A stream of many bytes without the end of a line."""

    def __init__(self, left: int) -> None:
        self.left = left

    def readable(self):
        return True

    def readinto(self, buffer):
        size = min(len(buffer), self.left)
        buffer[:size] = b"x" * size
        self.left -= size
        return size


@pytest.mark.parametrize(
    ("held", "read"),
    [
        (b"", []),
        (b"{}", [(1, b"{}")]),
        (b"{}\n[]\n", [(1, b"{}"), (2, b"[]")]),
        (b"{}\r\n[]\r\n", [(1, b"{}"), (2, b"[]")]),
        (b"\n\n{}\n  \n[]", [(3, b"{}"), (5, b"[]")]),
        (b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}", [(1, b"{}"), (2, b"\xef\xbb\xbf{}")]),
        (b"\xef\xbb\xbf\n{}", [(2, b"{}")]),
    ],
    ids=["empty", "no end", "two", "from Windows", "blank lines", "byte order mark", "only a mark"],
)
def test_lines_come_with_their_numbers(held, read):
    assert list(lines(io.BytesIO(held))) == read


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
@pytest.mark.parametrize("over", [0, 1, 2, 3, A_MEBIBYTE])
def test_a_line_over_the_limit_is_cut_and_the_next_one_is_whole(end, over):
    stream = io.BytesIO(b"x" * (LONGEST_LINE + over) + end + (b"{}" if end else b""))

    (first, line), *rest = lines(stream)

    assert (first, len(line)) == (1, LONGEST_LINE + min(over, 1))
    assert rest == ([(2, b"{}")] if end else [])


def test_a_line_without_an_end_takes_no_memory_of_its_size():
    stream = io.BufferedReader(Endless(64 * A_MEBIBYTE))
    tracemalloc.start()

    [(_, line)] = lines(stream)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(line) == LONGEST_LINE + 1
    assert most < 6 * A_MEBIBYTE

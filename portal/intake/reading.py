"""Reading a file of cases line by line, in memory that does not grow with it."""

from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 1024 * 1024
"""In bytes.  A case of an ordinary kind has under 2,000."""

_LINE_END = b"\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line with its number, from 1; blank ones are counted and passed over.

    A line over the limit comes cut to one byte more than the limit, which is
    enough to refuse it; the rest of it is read past.
    """
    number = 0
    while piece := stream.readline(LONGEST_LINE + len(_LINE_END)):
        number += 1
        rest = piece
        while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST_LINE)):
            pass
        line = piece.rstrip(_LINE_END)[: LONGEST_LINE + 1]
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        if line.strip():
            yield number, line

"""Arrays out of a .npz file nobody vouches for: nothing in it is executed, and nothing is unpacked that is
larger than an array of its name may be. Knows names and sizes, not what the arrays are.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LONGEST_HEADER = 4096
"""Bytes at the head of an array that say its shape; numpy writes 128."""
LARGEST_ELEMENT = 8
"""Bytes of a number."""
LETTER = 4
"""Bytes of a letter of text."""
MOST_MEMBERS = 100
"""Files in an archive. A recording has thirteen at most."""

END = struct.Struct("<4s4H2IH")
"""The end of an archive: its mark, two numbers of disks, two of members, bytes and place of the table, bytes
of a comment."""
END_MARK, LARGE_MARK = b"PK\x05\x06", b"PK\x06\x07"
LONGEST_COMMENT = 0xFFFF
LARGE_END = 20
"""Bytes just before the end in an archive of more than 65535 members or 4 GB."""


class NotWhatItIs(Exception):
    """What is wrong with an array, as a clause that starts with its name."""


def arrays(path: Path, most: Mapping[str, int]) -> dict[str, Array]:
    """The arrays of these names that are there, in this order; others are not looked at.

    most: elements an array may have, or letters a text. Raises NotWhatItIs; and whatever zipfile and numpy
    raise at bytes that only look like an archive, which is a dozen kinds.
    """
    with path.open("rb") as file:
        _check_table(file)
        with zipfile.ZipFile(file) as archive:
            inside = archive.namelist()
            wanted = [name for name in most if f"{name}.npy" in inside]
            return {name: _array(archive, name, most[name]) for name in wanted}


def _check_table(file: BinaryIO) -> None:
    """Raise BadZipFile for a table of contents that would by itself fill the memory."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - END.size - LONGEST_COMMENT - LARGE_END))
    tail = file.read()
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) - at < END.size or LARGE_MARK in tail[max(0, at - LARGE_END) : at]:
        raise zipfile.BadZipFile("no end, or that of a very large archive")
    if END.unpack_from(tail, at)[4] > MOST_MEMBERS:
        raise zipfile.BadZipFile("too many members")
    if END.unpack_from(tail, at)[5] > MOST_MEMBERS * LONGEST_HEADER:
        raise zipfile.BadZipFile("too long a table of contents")


def _array(archive: zipfile.ZipFile, name: str, most: int) -> Array:
    """One array, its announced size checked before anything of that size is unpacked."""
    entry = archive.getinfo(f"{name}.npy")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotWhatItIs(f"{name} is packed in a way numpy does not pack")
    with archive.open(entry) as member:
        head = io.BytesIO(member.read(LONGEST_HEADER))
        shape, column_first, dtype = _header(head)
        if dtype.hasobject or dtype.kind not in "fiuU":
            raise NotWhatItIs(f"{name} holds neither numbers nor text")
        room = most * (LETTER if dtype.kind == "U" else LARGEST_ELEMENT)
        length = math.prod(shape) * dtype.itemsize
        if length > room or entry.file_size > room + LONGEST_HEADER:
            raise NotWhatItIs(f"{name} is far too large")
        stored = head.read() + member.read(max(0, entry.file_size - LONGEST_HEADER))
    return np.frombuffer(stored, dtype).reshape(shape, order="F" if column_first else "C")


def _header(head: BinaryIO) -> Any:
    """(shape, whether columns come first, dtype)."""
    npy: Any = np.lib.format  # some numpy versions leave it untyped
    version = npy.read_magic(head)
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
    return read(head)

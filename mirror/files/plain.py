"""Text as people write it: harmless where it is shown, on a terminal or in a spreadsheet, whoever wrote
it; and ~ for a home. Knows letters, not what they say.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

CONTROL = ("Cc", "Zl", "Zp")
"""Unicode's kinds of letters that move a terminal's cursor, colour it, or end a line."""
A_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
AROUND = " '\""
"""What a spreadsheet may take away before it looks for a formula."""


def in_a_line(sentence: str) -> str:
    """What is said, on one line and in printable letters: names in it may hold anything."""
    line = " ".join(sentence.splitlines())
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)


def controls(text: str) -> bool:
    """Whether a terminal would do something at this text instead of showing it."""
    return any(unicodedata.category(letter) in CONTROL for letter in text)


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula, nor for more than one cell.

    Where the comma is a decimal sign, cells are parted at the semicolon, whatever the quotes around say.
    """
    one = text.replace(";", ",").replace("\t", " ")
    return f"'{one}" if one.lstrip(AROUND).startswith(A_FORMULA_BEGINS) else one


def in_home(name: str) -> Path:
    """A file as a person writes it: ~ is somebody's home folder, if there is such a somebody."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)

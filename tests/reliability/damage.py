"""Damage to files, and what a reader may do about it: use them, or refuse them in one line."""

from __future__ import annotations

from collections.abc import Callable

from health import ONE_FIXTURE_FOR_ALL
from hypothesis import settings
from hypothesis import strategies as st

from mirror.faults import BadInput

in_one_folder = settings(suppress_health_check=ONE_FIXTURE_FOR_ALL, max_examples=100)
"""Every example overwrites the one before in the same temporary folder."""


def refusal(attempt: Callable[[], object]) -> str:
    """The sentence in which this was refused, or "" when it went well. Anything else goes through."""
    try:
        attempt()
    except BadInput as refused:
        told = str(refused)
        assert told.strip()
        assert len(told.splitlines()) == 1, told
        assert len(told) < 1000
        return told
    return ""


@st.composite
def mutated(draw: st.DrawFn, whole: bytes, most: int = 4) -> bytes:
    """These bytes with a few pieces overwritten, cut out, put in, or the end gone."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(content)))
        length = draw(st.integers(1, 64))
        how = draw(st.sampled_from(["over", "out", "in", "end", "bit"]))
        if how == "over":
            content[at : at + length] = draw(st.binary(min_size=length, max_size=length))
        elif how == "out":
            del content[at : at + length]
        elif how == "in":
            content[at:at] = draw(st.binary(min_size=1, max_size=length))
        elif how == "end":
            del content[at:]
        elif at < len(content):
            content[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(content)

"""What stations say, read with suspicion: whoever reaches the broker can write anything there.

Bytes in, small frozen values out; texts are cut to a length, numbers must be what they can be. Keys nobody
knows are left alone, because stations may be newer than the board.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from mirror.mqtt.topics import VERDICTS, Payload, decoded

LARGEST = 64 * 1024
"""Bytes of one message; a set of a hundred repetitions has 20,000."""
NAME, LINE, SENTENCE = 40, 120, 400
"""Characters of a station's name, of a cue or note, and of a sentence."""
LETTERS = 2000
"""Characters of all sentences of a set; the longest that is told has 1,200."""
MOST_REPS, MOST_SENTENCES = 200, 12
GOOD, CAUTION, OFF_TRACK, UNKNOWN = VERDICTS
WORST_FIRST = (OFF_TRACK, CAUTION, UNKNOWN, GOOD)
"""Of two legs or a whole set, the first of these that was seen. Unknown never shows as good."""


class NotUnderstood(ValueError):
    """A message that is not what a station says. The message tells why, for the log."""


@dataclass(frozen=True, slots=True)
class LegMessage:
    """One leg in one repetition: verdict, and degrees inside (+) its own line or None; inside the toes from a
    station that knows no lines yet."""

    verdict: str
    inside_deg: float | None


@dataclass(frozen=True, slots=True)
class RepMessage:
    """One repetition. number: of the set it belongs to."""

    number: int
    n: int
    left: LegMessage
    right: LegMessage

    @property
    def worst(self) -> str:
        """The worse verdict of the two legs."""
        return worst(self.left.verdict, self.right.verdict)


@dataclass(frozen=True, slots=True)
class StateMessage:
    """What a station shows now. number: of its running set, 0 before the first.

    left, right: verdicts of the person's own knees, None from stations that do not say. counts: repetitions
    of the set by their worse leg.
    """

    station: str
    t: float
    state: str
    light: str
    number: int
    reps: int
    counts: dict[str, int]
    cue: str
    note: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class FinishedSet:
    """A set that is over, as the station told it.

    t: Unix seconds by the station's clock. when: the same by the board's, where it heard it at once.
    sentences: the summary's, a headline first, in the station's language.
    """

    station: str
    t: float
    number: int
    reps: tuple[RepMessage, ...]
    sentences: tuple[str, ...]
    when: float

    def count(self, verdict: str) -> int:
        """Repetitions whose worse leg had this verdict."""
        return sum(rep.worst == verdict for rep in self.reps)

    @property
    def worst(self) -> str:
        """The worst verdict of the set; unknown when nothing was judged."""
        return worst(*(rep.worst for rep in self.reps))

    @property
    def worst_deg(self) -> tuple[str, float] | None:
        """(side, degrees) of the knee that was furthest inside its line; None where none was measured."""
        seen = [
            (leg.inside_deg, side)
            for rep in self.reps
            for side, leg in (("left", rep.left), ("right", rep.right))
            if leg.inside_deg is not None
        ]
        degrees, side = max(seen, default=(None, ""))
        return None if degrees is None else (side, degrees)


def worst(*verdicts: str) -> str:
    """The worst of these; unknown for none."""
    return next((verdict for verdict in WORST_FIRST if verdict in verdicts), UNKNOWN)


def moment(payload: bytes) -> StateMessage:
    """A state message. Raises NotUnderstood."""
    said = _object(payload)
    return StateMessage(
        _text(said, "station", NAME),
        _number(said, "t"),
        _text(said, "state", NAME),
        _text(said, "light", NAME),
        _count(said, "set"),
        _count(said, "reps"),
        {verdict: _count(said, verdict) for verdict in VERDICTS},
        _text(said, "cue", LINE),
        _text(said, "note", LINE),
        _verdict(said.get("left")),
        _verdict(said.get("right")),
    )


def rep(payload: bytes) -> RepMessage:
    """A repetition's message. Raises NotUnderstood."""
    said = _object(payload)
    return _rep(said, _count(said, "set"))


def finished_set(payload: bytes) -> FinishedSet:
    """A finished set's message. Raises NotUnderstood."""
    said = _object(payload)
    number, t = _count(said, "set"), _number(said, "t")
    return FinishedSet(
        _text(said, "station", NAME),
        t,
        number,
        tuple(_rep(one, number) for one in _list(said, "reps")[:MOST_REPS]),
        _sentences(_list(said, "sentences")[:MOST_SENTENCES]),
        t,
    )


def _sentences(said: list[object]) -> tuple[str, ...]:
    """Those that fit, the headline first."""
    room, kept = LETTERS, []
    for one in said:
        told = printable(one, min(SENTENCE, room)) if one else ""
        room -= len(told)
        kept += [told] if told else []
    return tuple(kept)


def _object(payload: bytes) -> Payload:
    if len(payload) > LARGEST:
        raise NotUnderstood(f"{len(payload)} bytes")
    said = decoded(payload)
    if said is None:
        raise NotUnderstood("no JSON object")
    return said


def _rep(said: object, number: int) -> RepMessage:
    if not isinstance(said, dict):
        raise NotUnderstood("a repetition is no object")
    return RepMessage(
        number,
        _count(said, "n"),
        _leg(said.get("left")),
        _leg(said.get("right")),
    )


def _leg(said: object) -> LegMessage:
    if not isinstance(said, dict):
        return LegMessage(UNKNOWN, None)
    inside = said.get("inside_own_track_deg", said.get("deviation_deg"))
    return _one_of(_verdict(said.get("verdict")) or UNKNOWN, _degrees(inside))


@functools.lru_cache(maxsize=4096)
def _one_of(verdict: str, inside_deg: float | None) -> LegMessage:
    """Degrees come in tenths, so that most legs of a class are one of a few hundred."""
    return LegMessage(verdict, inside_deg)


def _degrees(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -180 <= value <= 180:
        return None
    return round(float(value), 2)


def _verdict(value: object) -> str | None:
    return value if isinstance(value, str) and value in VERDICTS else None


def _text(said: Payload, key: str, longest: int) -> str:
    value = said.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotUnderstood(f"{key} is no text")
    return printable(value, longest)


def printable(value: object, longest: int) -> str:
    """So many printable letters at most: no line breaks, and no half characters that could not be sent on."""
    return "".join(letter for letter in str(value)[:longest] if letter.isprintable())


def _count(said: Payload, key: str) -> int:
    value = said.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
        raise NotUnderstood(f"{key} is no count")
    return value


def _number(said: Payload, key: str) -> float:
    value = said.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise NotUnderstood(f"{key} is no time")
    return float(value)


def _list(said: Payload, key: str) -> list[object]:
    value = said.get(key)
    if not isinstance(value, list):
        raise NotUnderstood(f"{key} is no list")
    return value

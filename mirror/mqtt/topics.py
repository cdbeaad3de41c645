"""What a station says over MQTT, and where: the names of the topics and the JSON in them.

For whoever speaks (the station) and whoever listens (a class's page, a gym's own programs). Knows no broker
and no connection; keys are only ever added. Numbers and words only: never a picture, joints or a person.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mirror import __version__

if TYPE_CHECKING:
    from mirror.coach.feedback import Feedback, SetSummary
    from mirror.coach.words import Words
    from mirror.knees.reading import Rep, RepLeg, Verdict

SCHEMA = 1
DEFAULT_PREFIX = "squat-mirror"
ONLINE, OFFLINE = b"1", b"0"
"""What `Topics.online` says, retained: connected; or gone, as last will and on a clean end."""
KINDS = ("online", "state", "rep", "set")
"""What a class's page listens to; health beside them is for whoever looks after mirrors."""
LONGEST_LEVEL = 128
"""Characters of a station's name in a topic."""
VERDICTS = ("good", "caution", "off_track", "unknown")

STATE_KEYS = frozenset((
    "schema", "station", "t", "state", "light", "left", "right", "set", "reps", *VERDICTS,
    "cue", "note", "note_key", "note_why",
))  # fmt: skip
LEG_KEYS = frozenset(("deviation_deg", "inside_own_track_deg", "verdict"))
REP_OF_SET_KEYS = frozenset(("t", "n", "depth_deg", "depth_label", "left", "right"))
REP_KEYS = REP_OF_SET_KEYS | {"schema", "station", "set"}
SET_KEYS = frozenset(("schema", "station", "t", "set", "reps", "sentences", "patterns"))
TIMER_KEYS = frozenset(("schema", "started", "work_s", "rest_s", "rounds"))

Payload = dict[str, Any]


NO_NAME = "%"
CUT = "%%"
"""What no other name can have in it: the end of one that was too long is a digest of it."""
DIGEST = 32
LEVEL = re.compile(rf"{NO_NAME}|(?:[A-Za-z0-9_-]|%[0-9A-F]{{2}})+(?:{CUT}[0-9a-f]{{{DIGEST}}})?")


def level(name: str) -> str:
    """A station's name as a level of a topic, another one for every other name.

    Letters of English, digits, - and _ stay as they are; anything else is % and two hexadecimal digits a
    byte of UTF-8, as in the addresses of the web. What is longer than LONGEST_LEVEL ends in a digest.
    """
    text = re.sub(r"[^A-Za-z0-9_-]", _escaped, name) or NO_NAME
    if len(text) <= LONGEST_LEVEL:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGEST]
    head = text[: LONGEST_LEVEL - len(CUT) - DIGEST]
    return re.sub("%.?$", "", head) + CUT + digest  # a byte is told whole, or not at all


def _escaped(found: re.Match[str]) -> str:
    """Also half a character, as a name of the environment may have one."""
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))


def is_level(text: str) -> bool:
    """Whether a station of this or an older release writes its name like that."""
    return len(text) <= LONGEST_LEVEL and LEVEL.fullmatch(text) is not None


def name_at(text: str) -> str:
    """The station's name out of its level, as far as it stands there: until it says its name itself."""
    return unquote(text.partition(CUT)[0])


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one station. prefix: the setting `mqtt.topic`. station: its name as written."""

    prefix: str
    station: str

    def of(self, kind: str) -> str:
        """The topic of one of KINDS, or of health."""
        return f"{self.prefix}/{level(self.station)}/{kind}"

    @property
    def online(self) -> str:
        return self.of("online")

    @property
    def state(self) -> str:
        return self.of("state")

    @property
    def rep(self) -> str:
        return self.of("rep")

    @property
    def set(self) -> str:
        return self.of("set")

    @property
    def health(self) -> str:
        return self.of("health")


def of_every_station(prefix: str, kind: str) -> str:
    """What to subscribe to for one of KINDS from all stations."""
    return f"{prefix}/+/{kind}"


def timer_topic(prefix: str) -> str:
    """Where a class's timer is told to its stations."""
    return f"{prefix}/class/timer"


def came_from(prefix: str, topic: str) -> tuple[str, str] | None:
    """(station's level, kind) of a message; None when it is no station's."""
    station, _, kind = topic.removeprefix(f"{prefix}/").partition("/")
    known = topic.startswith(f"{prefix}/") and kind in KINDS and station
    return (station, kind) if known else None


# -- what is in them -------------------------------------------------------------------------------------


def encoded(payload: Payload) -> bytes:
    """JSON as it is sent; half a character, as a name of the environment may have one, becomes a ?."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")


def decoded(sent: bytes) -> Payload | None:
    """A JSON object as it came; None for anything else, whoever sent it."""
    try:
        found = json.loads(sent)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def state_payload(station: str, t: float, feedback: Feedback, set_n: int, note: str) -> Payload:
    """The moment; left and right: what each of the person's knees shows. t: Unix seconds. set_n: of the set
    under way or the last one. note: in the station's words; `note_key` beside it is its name,
    `note_why` that of the reason in it.
    """
    why = None if feedback.note is None else feedback.note.reason
    return {
        "schema": SCHEMA,
        "station": station,
        "t": round(t, 2),
        "state": feedback.state.value,
        "light": feedback.light.value,
        "left": feedback.left.verdict.value,
        "right": feedback.right.verdict.value,
        "set": set_n,
        "reps": feedback.reps_done,
        **counted(feedback.rep_verdicts),
        "cue": None if feedback.cue is None else feedback.cue.value,
        "note": note or None,
        "note_key": None if feedback.note is None else feedback.note.key,
        "note_why": None if why is None else why.key.value,
    }


def counted(worse_legs: Sequence[Verdict]) -> dict[str, int]:
    """How many repetitions there are of each verdict, each by its worse leg."""
    verdicts = [verdict.value for verdict in worse_legs]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}


def rep_of_set(t: float, n: int, rep: Rep) -> Payload:
    """A repetition as it stands in its set's list. t: Unix seconds at its end. n: from 1 in its set."""
    return {
        "t": round(t, 2),
        "n": n,
        "depth_deg": tenths(rep.depth_deg),
        "depth_label": None if rep.depth_deg is None else rep.depth_label,
        "left": _leg(rep.left),
        "right": _leg(rep.right),
    }


def rep_payload(station: str, set_n: int, rep: Payload) -> Payload:
    """A repetition on its own; rep: as `rep_of_set` makes it."""
    return {"schema": SCHEMA, "station": station, "set": set_n, **rep}


def set_payload(
    station: str, t: float, set_n: int, reps: Sequence[Payload], summary: SetSummary, say: Words
) -> Payload:
    """A set that is over. t: Unix seconds at its end. reps: as `rep_of_set` makes them. say: the station's
    words."""
    sentences = (
        summary.headline,
        summary.sentence,
        summary.depth,
        summary.tempo,
        *summary.patterns,
        summary.tried,
    )
    return {
        "schema": SCHEMA,
        "station": station,
        "t": round(t, 2),
        "set": set_n,
        "reps": list(reps),
        "sentences": [say.line(sentence) for sentence in (*sentences, summary.last_set) if sentence],
        "patterns": list(summary.pattern_keys),
    }


@dataclass(frozen=True, slots=True)
class MirrorHealth:
    """How the mirror itself is. temperature_c: of its processor, None where the computer tells none.
    throttled: whether its firmware slows it now, None likewise. effort: 0 all, 2 the least that is asked of
    it because of heat. incidents: faults of our own that were survived since it started."""

    temperature_c: float | None
    throttled: bool | None
    effort: int
    incidents: int


def health_payload(station: str, t: float, started: float, health: MirrorHealth) -> Payload:
    """How the mirror is. t, started: Unix seconds."""
    return {
        "schema": SCHEMA,
        "station": station,
        "t": round(t, 2),
        "version": __version__,
        "started": round(started, 2),
        "temperature_c": tenths(health.temperature_c),
        "throttled": health.throttled,
        "effort": health.effort,
        "incidents": health.incidents,
    }


def _leg(leg: RepLeg) -> Payload:
    return {
        "deviation_deg": tenths(leg.deviation_deg),
        "inside_own_track_deg": tenths(leg.inside_own_track_deg),
        "verdict": leg.verdict.value,
    }


def tenths(degrees: float | None) -> float | None:
    """Degrees as they are told; None where they are unknown or no number."""
    return None if degrees is None or not math.isfinite(degrees) else round(degrees, 1)


# -- a class's timer -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClassTimer:
    """Work and rest by turns for every station of a class.

    started: Unix seconds, None when it is stopped. work_s, rest_s: lengths. rounds: how many, None for no
    end.
    """

    started: float | None
    work_s: float
    rest_s: float = 0.0
    rounds: int | None = None

    def payload(self) -> Payload:
        """As it is told to the stations."""
        return {
            "schema": SCHEMA,
            "started": self.started,
            "work_s": self.work_s,
            "rest_s": self.rest_s,
            "rounds": self.rounds,
        }


def timer_of(payload: Payload | None) -> ClassTimer | None:
    """The timer somebody sent; None for what is none, so that nobody's mistake stops a clock."""
    if payload is None:
        return None
    started, work_s = payload.get("started"), payload.get("work_s")
    rest_s, rounds = payload.get("rest_s") or 0.0, payload.get("rounds") or None
    if started is None:
        return ClassTimer(None, _number(work_s) or 0.0, _number(rest_s) or 0.0)
    seconds = [_number(value) for value in (started, work_s, rest_s)]
    rounds = None if rounds is None else _number(rounds)
    if any(value is None or value < 0 for value in seconds) or not seconds[1]:
        return None
    at, work, rest = (float(value or 0.0) for value in seconds)
    return ClassTimer(at, work, rest, None if rounds is None or rounds < 1 else int(rounds))


def _number(value: object) -> float | None:
    """A finite number out of JSON; True is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None

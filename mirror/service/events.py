"""The event log: every state, repetition, cue, light and sound with its time, one JSON object a line.

Written when somebody asks for it (`--events`). Times are seconds on the clip's clock, or since the first
frame of a live camera. A full disk ends the log, never the mirror.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TextIO

from mirror.coach.feedback import Feedback, Light, State
from mirror.coach.lines import Cue, Line, Praise
from mirror.coach.words import Words
from mirror.files.writing import begin
from mirror.knees.reading import Rep, RepLeg
from mirror.service.containment import Report, logged

log = logging.getLogger(__name__)


class Observer(Protocol):
    """Whoever is told of every Feedback, in the eyes thread, and must not hold it up."""

    @property
    def room(self) -> str:
        """What an incident in it is reported as: "store", "mqtt"."""

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None: ...

    def light(self, t: float, light: Light) -> None: ...


class Observers:
    """Several, told one after the other, each behind a door of its own: what fails in one is no matter of the
    others, nor of whoever tells them."""

    room = "witnesses"  # the name that metrics and incidents know

    def __init__(self, *observers: Observer, report: Report = logged) -> None:
        """report: told of what nobody foresaw."""
        self._observers = observers
        self._report = report

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        """Tell all of them of this moment."""
        self._each(lambda observer: observer.write(t, feedback, rep))

    def light(self, t: float, light: Light) -> None:
        """Tell all of them of the lamp."""
        self._each(lambda observer: observer.light(t, light))

    def _each(self, tell: Callable[[Observer], None]) -> None:
        for observer in self._observers:
            try:
                tell(observer)
            except Exception as error:
                self._report(observer.room, error)


class EventLog:
    """Writes what changed since the last Feedback, in words and by key. Without a path it does nothing."""

    room = "events"

    def __init__(self, path: Path | None, say: Words) -> None:
        """Raises BadInput when the file cannot be written."""
        self._say = say
        self._file: TextIO | None = None
        if path is not None:
            self._file = begin(path)
        self._state: State | None = None
        self._light = Light.OFF
        self._spoke: dict[str, Cue | Praise | None] = {"cue": None, "praise": None}
        self._note: Line | None = None

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        """Log this moment at t seconds; rep is the repetition that ended with it, or None."""
        if feedback.state is not self._state:
            self._state = feedback.state
            self._line(t, "state", state=feedback.state.value)
        if rep is not None:
            self._line(t, "rep", **_rep_fields(rep))
        for late in feedback.judged_late:
            self._line(t, "judged_late", **_rep_fields(late))
        self._spoken(t, feedback)
        if feedback.note != self._note:
            self._note = feedback.note
            if feedback.note is not None:
                self._line(t, "note", note=self._say.line(feedback.note), **_keys(feedback.note))
        self.light(t, feedback.light)
        if feedback.sound is not None:
            self._line(t, "sound", sound=feedback.sound.value)
        if feedback.summary is not None and feedback.state is State.SUMMARY:
            self._summary_once(t, feedback)

    def _spoken(self, t: float, feedback: Feedback) -> None:
        """A cue or praise, when it appears."""
        now: dict[str, Cue | Praise | None] = {"cue": feedback.cue, "praise": feedback.praise}
        for event, said in now.items():
            if said is not None and said != self._spoke[event]:
                self._line(t, event, **{event: self._say.line(said)}, key=said.value)
        self._spoke = now

    def light(self, t: float, light: Light) -> None:
        """Log the lamp if it changed."""
        if light is not self._light:
            self._light = light
            self._line(t, "light", light=light.value)

    def _summary_once(self, t: float, feedback: Feedback) -> None:
        summary = feedback.summary
        if summary is not None and getattr(self, "_summary", None) is not summary:
            self._summary = summary
            headline, sentence = self._say.line(summary.headline), self._say.line(summary.sentence)
            keys = {} if summary.sentence is None else _keys(summary.sentence)
            self._line(t, "summary", headline=headline, sentence=sentence, reps=len(summary.reps), **keys)

    def _line(self, t: float, event: str, **what: Any) -> None:
        if self._file is None:
            return
        try:
            self._file.write(json.dumps({"t": round(t, 3), "event": event, **what}) + "\n")
            self._file.flush()
        except OSError as error:
            log.warning("the event log ends here: %s", error.strerror)
            self.close()

    def close(self) -> None:
        """No more lines; may be called twice."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError:
                log.warning("the end of the event log could not be written")


def _keys(said: Line) -> dict[str, str]:
    """The key of a sentence, and of the reason in it where there is one."""
    return {"key": said.key} | ({"why": said.reason.key.value} if said.reason else {})


def _rep_fields(rep: Rep) -> dict[str, Any]:
    return {
        "n": rep.n,
        "start_s": round(rep.start_s, 3),
        "end_s": round(rep.end_s, 3),
        "left": _leg(rep.left),
        "right": _leg(rep.right),
        "is_reference": rep.is_reference,
    }


def _leg(leg: RepLeg) -> dict[str, Any]:
    return {
        "verdict": leg.verdict.value,
        "deviation_deg": _hundredths(leg.deviation_deg),
        "inside_own_track_deg": _hundredths(leg.inside_own_track_deg),
    }


def _hundredths(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 2)

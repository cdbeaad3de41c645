"""A case through the whole live chain and over the desk, asking at every step what must always hold.

The eyes do their own steps, without their thread: tracker, knees, coach, lamp, and everybody who is told.
What breaks a rule raises Broken; what breaks by itself is raised as it is.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import math
import os
import re
import sqlite3
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from judged import MADE

from mirror.board.stations import Floor
from mirror.camera.frame import F32, Frame, Layout
from mirror.camera.mailbox import Mailbox
from mirror.camera.recording import Recording
from mirror.coach.clock import SharedTimer
from mirror.coach.coach import Coach, CoachRules
from mirror.coach.feedback import Feedback, Gesture, Light, Sound, State
from mirror.coach.lines import Cue
from mirror.coach.summary import summarise
from mirror.coach.words import words
from mirror.desk.study import present
from mirror.fitting.from_recording import RecordedToes, recorded_toes
from mirror.fitting.from_settings import constants_of
from mirror.history.database import MIGRATIONS
from mirror.history.records import Logbook
from mirror.knees.analysis import Analysis, NoReference, analyse, targets
from mirror.knees.constants import KeypointConstants
from mirror.knees.decoration import raising
from mirror.knees.frame_buffers import FrameBuffers
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import LegFeatures, Rep, RepLeg, Verdict
from mirror.knees.squat import LONGEST_EDGE_S
from mirror.knees.track import Track
from mirror.mounting.learned_tilt import LearnedMount
from mirror.mounting.tilt import with_tilt
from mirror.mqtt.station import Publisher
from mirror.mqtt.topics import Topics, came_from
from mirror.pose.catalog import find
from mirror.pose.correction import correction_of
from mirror.pose.people import PersonTracker
from mirror.report.compare import Comparison, compare, comparison_document, set_of_reps
from mirror.report.frames_csv import frames_csv
from mirror.report.html_report import ReportedSet, report_html
from mirror.report.json_document import document
from mirror.report.table import reps_table
from mirror.report.traces import foot_source, runs, traces, unknown_words
from mirror.service.events import EventLog, Observers
from mirror.service.metrics import RepCount
from mirror.station.eyes import Eyes
from mirror.station.sight import Judging, Looking, Telling
from mirror.station.terminal import Terminal
from mirror.stopwatch import unmarked
from torture.sources import LANGUAGES, Case

NETWORK = "movenet_lightning_192x128_mixed_u8"
STATION = "Rack 1"
GLASS = (120, 214)
PIXELS = np.zeros((2, 2, 3), np.uint8)
FEWEST_FRAMES = 5
"""Fewer are refused at the desk."""
MARKS = 4000
"""Frames of the longest repetition, and more."""
AWAY_S = 1.0
"""After this long out of sight, repetitions are counted anew."""


class Broken(AssertionError):
    """Something that must always hold does not."""


def hold(true: Any, what: str) -> None:
    """Raise Broken where it is not true."""
    if not true:
        raise Broken(what)


def play(case: Case) -> tuple[int, int]:
    """The case, live and at the desk; how many repetitions each counted. Raises whatever went wrong.

    numpy's warnings are failures too: a mirror's journal is no place for them.
    """
    with raising(), warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return live(case), at_the_desk(case)


# -- live ------------------------------------------------------------------------------------------------


class Shown:
    """A network that sees in every window what the case has for this frame."""

    name, runtime = "what is shown", "nothing"
    constants: ClassVar[dict[str, float]] = {}
    aspect = 0.5
    others = 0
    mark = staticmethod(unmarked)

    def __init__(self, corrected: bool) -> None:
        self.correction = correction_of(find(NETWORK)) if corrected else None
        self.now: F32 = np.zeros((17, 3), np.float32)

    def look(self, frame: Frame, window: Any) -> F32:
        return self.now.copy()


def recording(case: Case) -> Recording:
    """The case as a keypoint recording; its toes were found once, or at several moments."""
    people, rng = case.people, np.random.default_rng([case.seed, 14])
    toes_t = toes_each = None
    if people.toes is not None and rng.random() < 0.5:
        toes_t = np.unique(rng.uniform(people.t[0], people.t[-1], int(rng.integers(1, 4))))
        apart = rng.normal(0.0, 0.01, (len(toes_t), 2, 2))
        toes_each = (people.toes + apart).astype(np.float32)
    return Recording(people.t, people.keypoints, people.size, people.toes, toes_t, toes_each)


class Presser:
    """A button that somebody presses now and then, whatever is going on."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng, self._often = rng, float(rng.choice([0.0, 0.0, 0.05, 0.3]))

    def asked(self) -> Gesture | None:
        if self._often == 0.0 or self._rng.random() > self._often:
            return None
        return list(Gesture)[int(self._rng.integers(len(Gesture)))]

    def close(self) -> None:
        """Nothing to let go of."""


class Lamp:
    """Lamp and sounds, noted."""

    def __init__(self) -> None:
        self.light = Light.OFF
        self.sounds: list[Sound] = []

    def show(self, light: Light) -> None:
        self.light = light

    def sound(self, sound: Sound) -> None:
        self.sounds.append(sound)

    def play(self, sound: Sound, cue: Cue | None) -> None:
        self.sounds.append(sound)

    def close(self) -> None:
        self.light = Light.OFF


class Heard:
    """In the broker's place: what a station says goes to the coach's page at once, and has to make sense."""

    def __init__(self) -> None:
        self.floor = Floor(clock=lambda: 0.0, wall=lambda: 0.0)

    def put(self, message: Any) -> None:
        strict(message.payload)
        station, kind = came_from("gym", message.topic) or ("", "")
        self.floor._hear(station, kind, message.payload, False)  # raises NotUnderstood

    def keep(self, message: Any, *, newest_only: bool) -> None:
        self.put(message)


class Kept:
    """In the store's place: what is kept is written into its tables, in memory."""

    def __init__(self) -> None:
        self.rows = tables()

    def keep(self, record: Any) -> None:
        record.write(self.rows)

    def close(self) -> None:
        self.rows.rollback()


@lru_cache(maxsize=1)
def tables() -> sqlite3.Connection:
    """The store's tables, empty."""
    rows = sqlite3.connect(":memory:")
    for script in MIGRATIONS:
        rows.executescript(script)
    return rows


@lru_cache(maxsize=1)
def _buffers() -> FrameBuffers:
    return FrameBuffers()


def strict(told: str | bytes) -> Any:
    """JSON without NaN and infinity, which are none."""

    def refuse(constant: str) -> None:
        raise Broken(f"{constant} in JSON: {told[:200]!r}")

    return json.loads(told, parse_constant=refuse)


@dataclass
class Watcher:
    """An Observer who asks at every frame what must hold."""

    rules: CoachRules
    lamp: Lamp
    somebody: Callable[[], bool] = lambda: True
    n: int = 0
    reps: list[Rep] = field(default_factory=list)
    off_track_t: list[float] = field(default_factory=list)
    marks: deque[tuple[float, Verdict, Verdict]] = field(default_factory=lambda: deque(maxlen=MARKS))
    seen_t: float = -math.inf
    absent_since: float | None = None
    room = "what must hold"

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        self._saw(t)
        self._light(t, feedback)
        if feedback.sound is not None:
            hold(self.rules.speaks, f"a sound in mode {self.rules.mode}")
            if feedback.sound is Sound.OFF_TRACK:
                self.off_track_t.append(t)
        for knee in (feedback.left, feedback.right):
            hold(isinstance(knee.verdict, Verdict), "a verdict that is none")
            known(knee.inside_deg, "how far a knee is inside its own line")
        self.marks.append((t, feedback.left.verdict, feedback.right.verdict))
        known(feedback.depth_deg, "depth")
        hold((feedback.state is State.SUMMARY) == (feedback.summary is not None), "a summary out of place")
        if rep is not None:
            self._rep(t, rep)

    def light(self, t: float, light: Light) -> None:
        """Told elsewhere."""

    def _light(self, t: float, feedback: Feedback) -> None:
        if feedback.state is State.IDLE:
            hold(feedback.light is Light.OFF, "light though nobody is there")
        if self.absent_since is not None and t - self.absent_since > self.rules.colour_hold_s:
            hold(feedback.light is Light.OFF, "light though nobody is there")

    def _saw(self, t: float) -> None:
        if self.somebody():
            self.seen_t, self.absent_since = t, None
            return
        self.absent_since = t if self.absent_since is None else self.absent_since
        if t - self.seen_t > AWAY_S:
            self.n = 0

    def _rep(self, t: float, rep: Rep) -> None:
        hold(rep.n == self.n + 1, f"repetition {rep.n} after {self.n}")
        self.n = rep.n
        right_rep(rep, 0.0, t + LONGEST_EDGE_S)
        hold(rep.bottom_s <= t, "a bottom that is still to come")
        if not rep.is_reference:  # which is judged by what it has just set: nothing heard before is unsaid
            self._not_unsaid(t, rep)
        self.reps.append(rep)

    def _not_unsaid(self, t: float, rep: Rep) -> None:
        """A mark that still stands there from before is of the squat before: a start is dated back."""
        if rep.left.verdict is rep.right.verdict is Verdict.GOOD:
            hold(not any(rep.start_s <= s <= t for s in self.off_track_t), "a sound in a good repetition")
        for leg, told in ((rep.left, 1), (rep.right, 2)):
            marks = [mark[told] for mark in self.marks if rep.start_s < mark[0] < t]
            left_over = [mark[told] for mark in self.marks if mark[0] <= rep.start_s][-1:]
            own = itertools.dropwhile(lambda mark: [mark] == left_over, marks)  # noqa: B023 (used at once)
            wrong = leg.verdict in (Verdict.GOOD, Verdict.CAUTION) and Verdict.OFF_TRACK in own
            hold(not wrong, "a repetition better than its mark")


def known(value: float | None, what: str) -> None:
    """None, or a number."""
    hold(value is None or math.isfinite(value), f"{what} is {value}")


def right_rep(rep: Rep, first_s: float, last_s: float) -> None:
    """What must hold of any repetition in a recording from first_s to last_s."""
    in_order = first_s <= rep.start_s < rep.bottom_s < rep.end_s <= last_s
    hold(in_order, f"times {first_s} {rep.start_s} {rep.bottom_s} {rep.end_s} {last_s}")
    known(rep.depth_deg, "depth")
    known(rep.mean_deviation_deg, "mean deviation")
    for leg in (rep.left, rep.right):
        _right_leg(leg)
    if rep.features is not None:
        known(rep.features.trunk, "trunk")
        hold(math.isfinite(rep.features.yaw_deg), "yaw")
        for features in (rep.features.left, rep.features.right):
            for feature in fields(LegFeatures):
                known(getattr(features, feature.name), feature.name)


def _right_leg(leg: RepLeg) -> None:
    hold(isinstance(leg.verdict, Verdict), "a verdict that is none")
    judged = leg.verdict is not Verdict.UNKNOWN
    hold(judged == (leg.inside_own_track_deg is not None), "a verdict of no degrees, or degrees without one")
    hold(judged == (leg.why is None), "a reason beside a verdict, or neither")
    known(leg.inside_own_track_deg, "how far inside its own line")
    known(leg.deviation_deg, "deviation")
    known(leg.deep_deviation_deg, "deviation when deep")
    known(leg.deviation_at_bottom_deg, "deviation at the bottom")
    known(leg.baseline_deg, "own line")
    known(leg.baseline_sd_deg, "how well it is known")
    hold(0.0 <= leg.judged_share <= 1.0, "judged share")


def live(case: Case) -> int:
    """Frame by frame; how many repetitions were counted."""
    people, rng = case.people, np.random.default_rng([case.seed, 12])
    rules = CoachRules(
        mode=case.mode,
        stature_m=case.stature_m,
        station=STATION,
        summary_after_s=float(rng.choice([1.0, 6.0])),
        summary_for_s=float(rng.choice([2.0, 16.0])),
        work_s=20.0 if rng.random() < 0.5 else None,
        rest_s=10.0,
        take_home=True,
        tells_rest=True,
        depth_aim_deg=float(rng.choice([-20.0, 0.0, 20.0])),
    )
    say = words(case.language)
    lamp, heard, kept, log = Lamp(), Heard(), Kept(), EventLog(None, say)
    log._file = told = io.StringIO()
    watcher = Watcher(rules, lamp)
    observers = Observers(
        watcher,
        log,
        Logbook(kept, say, now=lambda: 0.0, clock_is_set=lambda: True),  # type: ignore[arg-type]
        Publisher(Topics("gym", STATION), heard, say, now=lambda: 0.0),  # type: ignore[arg-type]
        RepCount(),
        report=_raised,
    )
    timer = _class_timer(rng)
    net = Shown(corrected=bool(rng.random() < 0.5))
    eyes = Eyes(
        Mailbox(),
        Looking(PersonTracker(net), RecordedToes(recording(case))),
        Judging(lambda *_: _watch(case, rng), lambda: Coach(rules, lambda: timer), Presser(rng)),
        Telling(lamp, observers, lamp, lambda: 0.0),
    )
    watcher.somebody = lambda: not eyes.sight.looked.nobody
    drawer = Drawer(case, rng)
    try:
        for i, (t, joints) in enumerate(zip(people.t, people.keypoints, strict=True)):
            net.now = joints
            frame = Frame(PIXELS, float(t), i, Layout.BGR, people.size, None if case.tracked else joints)
            eyes.sight.see(frame)
            hold(lamp.light is eyes.feedback.light, "the lamp shows another light than is told")
            drawer.draw(eyes.feedback)
        eyes._finish()
        eyes._dark()
        hold(eyes.fault is None and lamp.light is Light.OFF, "light at the end")
        drawer.draw(eyes.feedback)
        json.dumps(heard.floor.snapshot(), allow_nan=False)
        heard.floor.sets()
        for line in told.getvalue().splitlines():
            strict(line)
    finally:
        kept.close()
    return len(watcher.reps)


def _raised(room: str, error: Exception) -> None:
    """What a mirror would survive is what is looked for here."""
    raise error


def _class_timer(rng: np.random.Generator) -> SharedTimer | None:
    """A class's own timer now and then, begun at any time."""
    if rng.random() < 0.7:
        return None
    rounds = None if rng.random() < 0.5 else int(rng.integers(1, 5))
    return SharedTimer(
        float(rng.uniform(-60, 10)), float(rng.uniform(0.1, 60)), float(rng.uniform(0, 60)), rounds
    )


def _watch(case: Case, rng: np.random.Generator) -> KneeWatch:
    camera, constants = _camera(case), constants_of(case.people.model)
    return KneeWatch(
        camera,
        constants,
        Thresholds(),
        with_reference=Thresholds(caution_deg=5.0),
        ask_reference=case.reference,
        stature_m=case.stature_m,
        mount=LearnedMount(camera, constants, case.stature_m) if rng.random() < 0.5 else None,
        buffers=_buffers(),
    )


def _camera(case: Case) -> Camera:
    known = case.tilt_deg is not None
    how = (("tilt", "given" if known else "assumed"), ("roll", "assumed"))
    tilt = case.tilt_deg if case.tilt_deg is not None else 8.0
    return Camera(case.hfov_deg, tilt, case.roll_deg, case.height_m, how)


class Drawer:
    """Draws the scenes of the cases that are to be drawn, whenever another one comes, on black glass."""

    def __init__(self, case: Case, rng: np.random.Generator) -> None:
        self._case, self._rng = case, rng
        self._state: State | None = None

    def draw(self, feedback: Feedback) -> None:
        if not self._case.drawn or (feedback.state is self._state and self._rng.random() > 0.05):
            return
        self._state = feedback.state
        at = feedback.t + float(self._rng.uniform(0.0, 0.2))
        in_words().print(Terminal("x", words("en"))._picture(feedback, (), "status"))
        stage(self._case.language, bool(self._rng.random() < 0.3)).draw(
            feedback, None, self._case.people.size, at
        )


@lru_cache(maxsize=1)
def in_words() -> Any:
    """Where the terminal's table goes."""
    from rich.console import Console

    return Console(file=io.StringIO(), width=80)


@lru_cache(maxsize=8)
def stage(language: str, reflected: bool) -> Any:
    """A small glass in this language; reflected: marks on the person's reflection."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    import pygame

    from mirror.screen.fonts import OWN, face_for
    from mirror.screen.overlay import mounting
    from mirror.screen.stage import Stage

    where = mounting(GLASS, 900.0, 0.0, -50.0) if reflected else None
    face = face_for(language) or OWN
    return Stage(pygame.Surface(GLASS), words(language), reflection=where, face=face)


# -- at the desk -----------------------------------------------------------------------------------------


def at_the_desk(case: Case) -> int:
    """All at once; how many repetitions were counted, 0 for what the desk refuses."""
    people, rng = case.people, np.random.default_rng([case.seed, 13])
    seen = present(people.keypoints)
    if len(people.t) < FEWEST_FRAMES or not seen.any():
        return 0
    constants = constants_of(people.model)
    camera = _camera(case)
    if case.tilt_deg is None:
        t, joints, size = people.t, people.keypoints, people.size
        camera = with_tilt(camera, t, joints, size, seen, constants, case.stature_m)
    analysis = _analysed(case, seen, camera, constants, None)
    _check(case, analysis, rng)
    if case.reference and analysis.reps:
        n = int(rng.integers(1, len(analysis.reps) + 1))
        with contextlib.suppress(NoReference):  # refused, not broken
            _check(case, _analysed(case, seen, camera, constants, n), rng)
    return len(analysis.reps)


def _analysed(
    case: Case, seen: Any, camera: Camera, constants: KeypointConstants, reference: int | None
) -> Analysis:
    people = case.people
    return analyse(
        Track(people.t, people.keypoints, people.size, seen),
        camera,
        constants,
        Thresholds(),
        reference,
        recorded_toes(recording(case)),
    )


def _check(case: Case, analysis: Analysis, rng: np.random.Generator) -> None:
    reps, t = analysis.reps, case.people.t
    hold([rep.n for rep in reps] == list(range(1, len(reps) + 1)), "numbers out of order")
    for rep in reps:
        right_rep(rep, float(t[0]), float(t[-1]))
    hold(len(analysis.motions) == len(analysis.judgements) == len(t), "frames lost")
    languages = LANGUAGES if rng.random() < 0.1 else (case.language,)
    for language in languages:
        told = summarise(reps, case.stature_m, analysis.why_unknown)
        source = {"file": "x.npz", "model": case.people.model}
        strict(json.dumps(document(analysis, source, told, words(language), MADE)))
    if rng.random() < 0.15:
        _report(case, analysis)


def _report(case: Case, analysis: Analysis) -> None:
    """What is written besides: the table of frames, the curves, where knees would be, a comparison."""
    told = frames_csv(analysis)
    hold("nan" not in told and "inf" not in told, "no number in the CSV")
    curves = traces(analysis)
    for verdicts in curves.verdicts:
        hold(len(list(runs(curves.t, verdicts))) <= len(curves.t), "more stretches than frames")
    foot_source(analysis)
    unknown_words(analysis)
    targets(analysis, case.people.size)
    reps_table(analysis.reps, "x.npz")
    one = set_of_reps("x", case.people.model, analysis)
    compared = compare(one, one)
    strict(json.dumps(comparison_document(compared)))
    _page(case, analysis, compared)


def _page(case: Case, analysis: Analysis, compared: Comparison) -> None:
    """A report of two such sets, in a language of the case: no number that is none on it."""
    lasts = float(case.people.t[-1] - case.people.t[0])
    source = {
        "file": "x.npz",
        "kind": "keypoint recording",
        "frames": len(case.people.t),
        "duration_s": lasts,
    }
    told = summarise(analysis.reps, case.stature_m, analysis.why_unknown, others=analysis.others)
    reported = ReportedSet(analysis, told, source, MADE, case.stature_m)
    text = report_html([reported, reported], case.language, compared).lower()
    drawn = re.findall(r'"[^"]*(?:nan|inf)\b[^"]*"|[-+>]\s*(?:nan|inf)\b', text)
    hold(not drawn, f"no number on the report: {drawn[:3]}")

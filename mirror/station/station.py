"""The wiring: camera -> pose -> knees -> coach -> lights and screen. Nothing else knows everybody.

Three threads: the feeder (camera), the eyes (pose, knees, coach, lamp) and the main thread (screen). They
meet in a one-slot mailbox and in the eyes' newest Feedback; none waits for another.
"""

from __future__ import annotations

import functools
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mirror.camera.colour import InColour
from mirror.camera.feeder import Feeder
from mirror.camera.frame import Frame, Source
from mirror.camera.mailbox import Mailbox
from mirror.coach.coach import Coach, CoachRules
from mirror.coach.feedback import Feedback, Gesture, State, nothing
from mirror.coach.lines import fault_line
from mirror.coach.pages import SummaryPages
from mirror.coach.words import words
from mirror.faults import PermanentFault
from mirror.fitting.from_settings import network_constants
from mirror.knees.decoration import reported_to
from mirror.knees.live import KneeWatch
from mirror.pose.people import PersonTracker
from mirror.pose.pose_net import Looks
from mirror.service.containment import Bulkhead, guarded
from mirror.service.events import EventLog, Observers
from mirror.service.folders import state_folder
from mirror.service.wall_clock import plausible
from mirror.settings import Settings
from mirror.signals.button import NoButton
from mirror.signals.keys import Keys
from mirror.signals.pick import open_button, open_lights, open_sounds
from mirror.station.eyes import Eyes
from mirror.station.knee_watch import toes_for, watch_for
from mirror.station.late_screen import LateScreen
from mirror.station.model_pace import pace_for
from mirror.station.sight import Judging, Looking, Telling
from mirror.station.upkeep import Upkeep

if TYPE_CHECKING:
    from mirror.screen.qr_code import Share
    from mirror.screen.stage import Stage
    from mirror.screen.window import DisplayWindow
    from mirror.station.terminal import Terminal

log = logging.getLogger(__name__)

MOST_FRAME_TIMES = 2.0
"""A frame older than this many frame times is never drawn."""
BLACK_AFTER_S = 0.5
"""Without a fresh frame for this long the glass shows no picture rather than a frozen one."""
TERMINAL_EVERY_S = 0.2
KEYS_EVERY_S = 0.05
QUIT_S = 1.5
"""Threads that have not ended after this are left behind (they are daemons)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """How the screen kept up: pictures drawn, the age of the oldest frame drawn in frame times, and how
    often nothing was drawn because the newest frame was too old."""

    pictures: int = 0
    oldest_frame_times: float = 0.0
    skipped: int = 0


class Station:
    """One mirror, wired. Use as: with station.running(): station.show_...()"""

    def __init__(
        self,
        settings: Settings,
        source: Source,
        said: str,
        events: Path | None,
        stop: threading.Event,
        reopen: Callable[[], Source] | None = None,
        upkeep: Upkeep | None = None,
    ) -> None:
        """said: what the source is, in words. stop: set when somebody wants the end.

        reopen: makes the source anew after it stalled, for live cameras. upkeep: what an unattended mirror
        needs besides; None for nothing.
        """
        self.settings = settings
        self.stop = stop
        self.drawn = Drawn()
        self._in_colour = InColour()
        self._source = source
        self._period_s = 1.0 / (source.fps or settings.camera.fps)
        self._say = say = words(settings.coach.language)
        self._events = EventLog(events, say)
        self._upkeep = upkeep or Upkeep()
        self._incidents = self._upkeep.incidents
        net, pace = pace_for(
            settings,
            live=source.live,
            folder=state_folder(),
            effort=lambda: self._upkeep.effort,
        )
        network_constants(net)  # where there are none, that is said before anything is opened
        self._lights, lamp_said = open_lights(settings.lights)
        self._sounds, sounds_said = open_sounds(settings.sound, self._lights, say)
        button, button_said = open_button(settings.lights)
        self._button = Keys(button)
        self.mailbox = Mailbox()
        self._feeder = Feeder(
            source,
            self.mailbox,
            functools.partial(self._open_again, reopen) if reopen else None,
            functools.partial(self._incidents.report, "camera") if source.live else None,
        )
        self._screen = Bulkhead(self._incidents)
        self.eyes = Eyes(
            self.mailbox,
            Looking(
                tracker=PersonTracker(net),
                toes=toes_for(settings, source),
                pace=pace,
                looks_per_s=lambda: self._upkeep.effort.looks_per_s,
            ),
            Judging(
                knees=self._watch,
                coach=lambda: Coach(_rules(settings), self._upkeep.shared_timer),
                button=self._button,
            ),
            Telling(
                lights=self._lights,
                events=Observers(self._events, self._upkeep, report=self._incidents.report),
                sounds=self._sounds,
                second_zero=lambda: self._source.t0,
                incidents=self._incidents,
                black_box=self._upkeep.black_box,
            ),
        )
        self._upkeep.sees(self.eyes, self.mailbox)
        for what, sentence in (
            ("camera", said),
            ("model", f"{net.name} on {net.network.said}"),
            ("lamp", lamp_said),
            ("sound", sounds_said),
            ("button", button_said),
        ):
            log.info("%s: %s", what, sentence)

    @property
    def runtime(self) -> str:
        """What runs the network that looks now, in words."""
        return self.eyes.sight.net.runtime

    def _watch(self, frame: Frame, net: Looks) -> KneeWatch:
        """The knees room for pictures like this one and joints of this network, in the eyes thread."""
        watch = watch_for(self.settings, self._source, frame, network_constants(net))
        box, played = self._upkeep.black_box, self._source.recording
        if box is not None:
            model = net.name if played is None else played.model
            box.seen_by(lambda: watch.camera, model, watch.stature_m)
        return watch

    def _open_again(self, reopen: Callable[[], Source]) -> Source:
        """The camera anew, in the camera thread. Raises what opening it raises."""
        self._upkeep.camera_lost(str(self._feeder.trouble))
        self._source = reopen()
        self._upkeep.camera_back(self._source.name)
        return self._source

    @contextmanager
    def running(self) -> Iterator[None]:
        """Threads started; on the way out, whatever happened, the lamp is off and the threads have ended."""
        usual = threading.excepthook
        threading.excepthook = self._thread_ended
        with reported_to(self._incidents.report):
            self.eyes.start()
            self._feeder.start()
            self._upkeep.start()
            try:
                yield
            finally:
                ended = self._end()
                threading.excepthook = usual
                if not ended:
                    log.warning("the eyes thread did not end in time and was left behind")

    def _end(self) -> bool:
        """Everything closed, whatever any of it says to that; whether the eyes ended in time."""
        ended = True

        def eyes() -> None:
            nonlocal ended
            ended = self.eyes.stop(QUIT_S)

        for room, close in (
            ("camera", self._source.close),
            ("eyes", eyes),
            ("camera", self._feeder.stop),
            ("sound", self._sounds.close),
            ("button", self._button.close),
            ("lamp", self._lights.close),
            ("events", self._events.close),
            ("upkeep", self._upkeep.close),
        ):
            guarded(room, self._incidents.report, close)()
        return ended

    def _thread_ended(self, ended: threading.ExceptHookArgs) -> None:
        """A thread of a room ended by something nobody foresaw; the mirror goes on without it."""
        if isinstance(ended.exc_value, Exception):
            self._incidents.report(ended.thread.name if ended.thread else "thread", ended.exc_value)

    @property
    def over(self) -> bool:
        """Somebody asked to stop, or the picture has ended."""
        return self.stop.is_set() or self.eyes.done.is_set()

    def check(self) -> None:
        """Raise what ended the camera or the eyes, if it was a fault."""
        fault = self.eyes.fault or self._feeder.fault
        if fault is not None:
            raise fault

    # -- what a person sees ----------------------------------------------------------------------------

    def show_window(self) -> None:
        """Draw the newest frame and the newest Feedback until over."""
        from mirror.screen.frame_pacing import FramePacer
        from mirror.screen.pick import open_stage
        from mirror.screen.window import DisplayWindow

        screen = self.settings.screen
        size = (screen.width, screen.height) if screen.width and screen.height else None
        window = DisplayWindow(size, fullscreen=screen.fullscreen, rotation=screen.rotation)
        log.info("screen: %s", window.said)
        try:
            stage, view_said = open_stage(
                window.canvas, screen, self.settings.coach.language, self.limits_deg, self.share
            )
            log.info("view: %s", view_said)
            pace = FramePacer()
            while not self.over and self._show(window, stage):
                pace.drawn()
                self._upkeep.beat(self.mailbox, display=True)
                rate = min(screen.max_fps, self._upkeep.effort.draws_per_s)
                pace.rest(self._moment, self.eyes.changed, self.stop, rate)
            self._stay(window, stage)
        finally:
            window.close()

    def _stay(self, window: DisplayWindow, stage: Stage) -> None:
        """A clip has ended with a summary: its pages turn, by themselves or by arrows, until a key ends it.

        Not where nobody sees the window or has keys.
        """
        last = self.eyes.feedback
        ended = self.eyes.done.is_set() and not self.stop.is_set()
        if self._source.live or not window.seen or not ended or last.summary is None:
            return
        keys = Keys(NoButton())
        pages = SummaryPages(self.settings.coach.summary_for_s)
        pages.begin(time.monotonic(), last.summary.pages)
        while not self.stop.is_set() and window.poll(keys.press):
            now, asked = time.monotonic(), keys.asked()
            if asked in (Gesture.START, Gesture.PAUSE):
                return
            if asked is not None:
                pages.turn(1 if asked is Gesture.NEXT else -1, now)
            if pages.over(now):
                pages.begin(now, last.summary.pages)
            window.present(stage.draw(replace(last, summary_page=pages.at(now)), None))
            self._upkeep.beat(self.mailbox, display=True)
            self.stop.wait(KEYS_EVERY_S)

    def _show(self, window: DisplayWindow, stage: Stage) -> bool:
        """One moment on the glass, behind the screen's door; False when a person closed it.

        A moment that cannot be drawn leaves the glass black. Raises OwnFault when none can any more.
        """
        try:
            if not window.poll(self._button.press):
                return False
            parts = self.draw(stage)
            if parts is not None:
                window.present(parts)
                self._upkeep.drawn()
            self._screen.held()
        except PermanentFault:
            raise
        except Exception as error:
            self._screen.caught(time.monotonic(), "screen", error)
            stage.forget()
            guarded("screen", self._incidents.report, window.darken)()
        return True

    @property
    def limits_deg(self) -> tuple[float, float]:
        """Caution and off-track limits in force, degrees."""
        limits = self.settings.knees.limits(self.settings.coach.reference != "off")
        return limits.caution_deg, limits.off_track_deg

    @property
    def share(self) -> Share:
        """How the code of a set is made: for which page, and dated by a clock that may be right."""
        from mirror.screen.qr_code import Share

        def now() -> float | None:
            at = time.time()
            return at if plausible(at, -math.inf) else None

        return Share(self.settings.share.page, now)

    def _moment(self) -> Feedback:
        """What is to be shown now: the newest Feedback, or what is wrong with the camera."""
        trouble = self._feeder.trouble or self.eyes.trouble
        if trouble is not None:
            return replace(nothing(0.0, State.FAULT), note=fault_line(trouble))
        return self.eyes.feedback

    def draw(self, stage: Stage) -> list[Any] | None:
        """The newest frame under the newest marks; the parts of the glass that changed.

        A frame that is already old is not drawn: None, the screen stays as it is, and goes black when it
        lasts.
        """
        moment = self._moment()
        frame = self.mailbox.latest()
        picture, at = None, None if frame is None else time.monotonic()
        if frame is not None and stage.shows_picture(moment):
            age_s = time.monotonic() - frame.t
            if age_s <= MOST_FRAME_TIMES * self._period_s:
                picture, at = self._in_colour(frame), frame.t
                oldest = max(self.drawn.oldest_frame_times, age_s / self._period_s)
                self.drawn = Drawn(self.drawn.pictures + 1, oldest, self.drawn.skipped)
            elif age_s < BLACK_AFTER_S:
                self.drawn = replace(self.drawn, skipped=self.drawn.skipped + 1)
                return None
        return stage.draw(moment, picture, frame.size if frame else None, at)

    def show_terminal(self, title: str, late: LateScreen | None = None) -> None:
        """A live table until over, or until the display that is waited for is there."""
        from mirror.station.terminal import Terminal

        terminal = Terminal(title, self._say)
        try:
            while not self.over and not (late and late.came()):
                self._print(terminal)
                self._upkeep.beat(self.mailbox, display=False if late and late.looks else None)
                self.eyes.done.wait(TERMINAL_EVERY_S)
        finally:
            self._print(terminal)
            terminal.close(self.eyes.feedback, self.eyes.reps)

    def _print(self, terminal: Terminal) -> None:
        """The table anew, behind the screen's door."""
        try:
            terminal.show(self.eyes.feedback, self.eyes.reps, self.status())
        except OSError:  # nobody reads what is printed any more
            raise
        except Exception as error:
            self._screen.caught(time.monotonic(), "screen", error)
        else:
            self._screen.held()
            self._upkeep.drawn()

    def status(self) -> str:
        """Pace in a line: frames judged a second, dropped, rested, and how the screen kept up."""
        tally = self.eyes.tally
        line = f"{tally.judged} frames judged ({tally.per_second:.1f}/s), {self.mailbox.dropped} dropped"
        if tally.rested:
            line += f", {tally.rested} rested"
        if self.drawn.pictures:
            line += (
                f"; {self.drawn.pictures} pictures drawn, none from a frame older than "
                f"{self.drawn.oldest_frame_times:.1f} frame times, {self.drawn.skipped} skipped for age"
            )
        return line


def _rules(settings: Settings) -> CoachRules:
    coach = settings.coach
    return CoachRules(
        mode=coach.mode,
        colour_hold_s=coach.colour_hold_ms / 1000,
        summary_after_s=coach.summary_after_s,
        summary_for_s=coach.summary_for_s,
        stature_m=settings.person.stature_m,
        gestures=coach.gestures,
        station=coach.station,
        work_s=coach.class_work_s,
        rest_s=coach.class_rest_s,
        take_home=settings.share.qr,
        tells_rest=coach.rest_timer,
        depth_aim_deg=coach.depth_deg,
    )

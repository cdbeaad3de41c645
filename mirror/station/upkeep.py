"""What keeps an unattended mirror going, in one place for the station: the heartbeat that systemd listens
for, the watch over heat and supply, the store, and what is told outside. Knows how they fit together, nothing
of what they guard.
"""

from __future__ import annotations

import functools
import logging
import math
import os
import time
from collections.abc import Callable
from typing import Protocol

from mirror.camera.mailbox import Mailbox
from mirror.camera.missing_camera import is_live
from mirror.coach.clock import SharedTimer, nobodys
from mirror.coach.feedback import Feedback, Light, State
from mirror.coach.words import words
from mirror.history.database import FILE_NAME, Store
from mirror.history.records import Logbook
from mirror.knees.reading import Rep
from mirror.mqtt.station import Mqtt, mqtt_for
from mirror.mqtt.topics import MirrorHealth
from mirror.service.black_box import BlackBox
from mirror.service.containment import Incidents, guarded
from mirror.service.events import Observer, Observers
from mirror.service.folders import state_folder
from mirror.service.incident_log import IncidentLog, log_for
from mirror.service.metrics import Metrics, RepCount, Snapshot, metrics_for
from mirror.service.starts import Starts
from mirror.service.throttling import Effort, Health, HealthWatch, read
from mirror.service.watchdog import LONGEST_S, Heartbeat, Signs
from mirror.settings import Settings
from mirror.stopwatch import Laps

log = logging.getLogger(__name__)

HEALTH_EVERY_S = 30.0
"""Between two words to a broker on how the mirror itself is."""


class Counted(Protocol):
    """What came of the frames: the eyes' tally."""

    @property
    def judged(self) -> int: ...

    @property
    def rested(self) -> int: ...


class Watched(Protocol):
    """What is asked of the eyes, from any thread."""

    laps: Laps

    @property
    def tally(self) -> Counted: ...


class Upkeep:
    """Without arguments it keeps nothing and watches nothing: a demo, a measurement, a test.

    `incidents` is where every room tells what nobody foresaw; `black_box` keeps the last seconds' joints.

    Also an Observer: what the eyes tell it goes into the logbook, to the broker and into the metrics.
    """

    def __init__(
        self,
        logbook: Logbook | None = None,
        heartbeat: Heartbeat | None = None,
        health: HealthWatch | None = None,
        mqtt: Mqtt | None = None,
        metrics: str = "",
        incidents: Incidents | None = None,
        black_box: BlackBox | None = None,
        incident_log: IncidentLog | None = None,
        starts: Starts | None = None,
    ) -> None:
        """metrics: the file for them, "" for none. incidents: what nobody foresaw, of all rooms; None counts
        them for nobody else. black_box: None keeps no joints. starts: what is remembered from start to start.
        """
        self.incidents = incidents or Incidents()
        self.black_box = black_box
        self._incident_log = incident_log
        self._starts = starts
        self._state = State.IDLE
        self._logbook = logbook
        self._heartbeat = heartbeat
        self._health = health
        self._mqtt = mqtt
        self._reps = RepCount()
        observers: list[Observer] = [observer for observer in (logbook, mqtt) if observer is not None]
        self._observers = Observers(*observers, self._reps, report=self.incidents.report)
        self._metrics_file = metrics
        self._metrics: Metrics | None = None
        self._drawn_t: float | None = None
        self._camera_lost = False
        self._reopened = 0
        self._health_told_t = -math.inf

    def sees(self, eyes: Watched, mailbox: Mailbox) -> None:
        """Whose numbers the metrics tell; before `start`."""
        look = functools.partial(self._seen, eyes, mailbox)
        self._metrics = metrics_for(self._metrics_file, look, self.incidents.report)

    def start(self) -> None:
        """Begin watching and telling."""
        for part in (self._health, self._mqtt, self._metrics):
            if part is not None:
                part.start()

    def close(self) -> None:
        """Stop watching, write what waits and say good-bye; may be called twice."""
        parts = (self._metrics, self._health, self._logbook, self._mqtt, self._incident_log)
        for part in parts:
            if part is not None:
                guarded(part.room, self.incidents.report, part.close)()

    # -- the screen tells ------------------------------------------------------------------------------

    def drawn(self) -> None:
        """The screen, or the terminal, was drawn just now."""
        self._drawn_t = time.monotonic()

    def beat(self, mailbox: Mailbox, display: bool | None = None) -> None:
        """Tell systemd that all is well, if it is. Call often, from the thread that draws.

        display: whether there is one, None where none is wanted. Raises StaysAway when one that was there, or
        the camera, does not come back.
        """
        now = time.monotonic()
        self._tell_health(now)
        newest = mailbox.latest()
        if self._heartbeat is not None:
            signs = Signs(newest.t if newest else None, mailbox.delivered, self._drawn_t)
            self._heartbeat.beat(now, signs)
        if self._starts is not None:
            camera = newest is not None and now - newest.t <= LONGEST_S
            busy = camera and self._state is not State.IDLE
            self._starts.sees(camera=camera, display=display, busy=busy)

    def _tell_health(self, now: float) -> None:
        """How the mirror itself is, told to the broker now and then."""
        if self._mqtt is None or now - self._health_told_t < HEALTH_EVERY_S:
            return
        self._health_told_t = now
        seen = self._health.latest if self._health else None
        throttled = None if seen is None or seen.bits is None else bool(seen.now)
        self._mqtt.health(
            MirrorHealth(
                None if seen is None else seen.temperature_c,
                throttled,
                int(self.effort),
                sum(self.incidents.by_room.values()),
            )
        )

    @property
    def effort(self) -> Effort:
        """How much may be asked of the processor now."""
        return Effort.FULL if self._health is None else self._health.effort

    @property
    def shared_timer(self) -> Callable[[], SharedTimer | None]:
        """What tells the timer of the whole class, if a broker does."""
        return nobodys if self._mqtt is None else self._mqtt.shared

    def _seen(self, eyes: Watched, mailbox: Mailbox) -> Snapshot:
        """For the metrics, in their thread."""
        health, mqtt = self._health, self._mqtt
        return Snapshot(
            judged=eyes.tally.judged,
            rested=eyes.tally.rested,
            dropped=mailbox.dropped,
            stages=eyes.laps.took(),
            health=health.latest if health else None,
            effort=int(self.effort),
            steps_down=health.steps_down if health else 0,
            camera_reopened=self._reopened,
            store_dropped=self._logbook.store.dropped if self._logbook else 0,
            mqtt_dropped=mqtt.dropped if mqtt else 0,
            mqtt_connected=mqtt is not None and mqtt.connected,
            reps=dict(self._reps.by_verdict),
            incidents=self.incidents.by_room,
        )

    # -- the eyes tell ---------------------------------------------------------------------------------

    room = "upkeep"

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        """One moment, for everybody who keeps it or tells it."""
        self._state = feedback.state
        self._observers.write(t, feedback, rep)

    def light(self, t: float, light: Light) -> None:
        """The lamp; it is told, not kept."""
        self._observers.light(t, light)

    # -- the camera tells ------------------------------------------------------------------------------

    def camera_lost(self, why: str) -> None:
        """The camera gives no pictures; kept and told once until it is back."""
        if not self._camera_lost and self._logbook is not None:
            self._logbook.fault("camera", why)
        if not self._camera_lost and self._mqtt is not None:
            self._mqtt.camera_lost(why)
        self._camera_lost = True

    def camera_back(self, name: str) -> None:
        """It gives pictures again."""
        self._camera_lost = False
        self._reopened += 1
        log.info("camera: %s is there", name)


def upkeep_for(settings: Settings, starts: Starts | None = None) -> Upkeep:
    """What these settings and this computer ask for."""
    incidents = Incidents()
    black_box = BlackBox() if settings.service.black_box else None
    incident_log = log_for(state_folder(), black_box, settings.camera.source)
    logbook = _logbook(settings, incidents)
    if incident_log is not None:
        incidents.listen(incident_log.happened)
    if logbook is not None:
        incidents.listen(lambda incident: logbook.fault(incident.room, incident.sentence))

    def stepped(effort: Effort, health: Health) -> None:
        if logbook is not None:
            logbook.fault("heat", f"{effort.name.lower()} effort: {health}")

    tells = read() != Health(None, None)
    health = HealthWatch(changed=stepped, report=incidents.report) if tells else None
    mqtt = mqtt_for(settings, incidents.report)
    kept = (incidents, black_box, incident_log, starts)
    return Upkeep(logbook, Heartbeat(), health, mqtt, settings.metrics.file, *kept)


def _logbook(settings: Settings, incidents: Incidents) -> Logbook | None:
    """None where no set is kept: a clip's are nobody's."""
    days, path = settings.store.keep_days, state_folder() / FILE_NAME
    if not is_live(settings.camera.source):
        log.info("store: no set of a clip is kept; [mqtt] and [metrics], if set, tell what it shows")
        if days and os.path.exists(path):  # noqa: PTH110 - False for a home this user may not enter
            Store(path, days, report=incidents.report).close()  # what is too old goes all the same
        return None
    if not days:
        log.info("store: no set is kept, store.keep_days is 0")
        return None
    log.info("store: the numbers of each set are kept for %d days in %s", days, path)
    return Logbook(Store(path, days, report=incidents.report), words(settings.coach.language))

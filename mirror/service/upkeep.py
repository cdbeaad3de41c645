"""What keeps an unattended mirror going, in one place for the station: the heartbeat that systemd listens
for, the watch over heat and supply, and the store. Knows how they fit together, nothing of what they guard.
"""

from __future__ import annotations

import logging
import time

from mirror.camera.mailbox import Mailbox
from mirror.coach.feedback import Feedback, Light
from mirror.knees.reading import Rep
from mirror.service.folders import state_folder
from mirror.service.logbook import Logbook
from mirror.service.store import FILE_NAME, Store
from mirror.service.throttling import Effort, Health, HealthWatch, read
from mirror.service.watchdog import Heartbeat, Signs
from mirror.settings import Settings

log = logging.getLogger(__name__)


class Upkeep:
    """Without arguments it keeps nothing and watches nothing: a demo, a measurement, a test.

    Also a Witness: what the eyes tell it goes into the logbook.
    """

    def __init__(
        self,
        logbook: Logbook | None = None,
        heartbeat: Heartbeat | None = None,
        health: HealthWatch | None = None,
    ) -> None:
        self._logbook = logbook
        self._heartbeat = heartbeat
        self._health = health
        self._drawn_t: float | None = None
        self._camera_lost = False

    def start(self) -> None:
        """Begin watching."""
        if self._health is not None:
            self._health.start()

    def close(self) -> None:
        """Stop watching and write what waits; may be called twice."""
        if self._health is not None:
            self._health.stop()
        if self._logbook is not None:
            self._logbook.close()

    # -- the screen tells ------------------------------------------------------------------------------

    def drawn(self) -> None:
        """The screen, or the terminal, was drawn just now."""
        self._drawn_t = time.monotonic()

    def beat(self, mailbox: Mailbox) -> None:
        """Tell systemd that all is well, if it is. Call often, from the thread that draws."""
        if self._heartbeat is not None:
            newest = mailbox.latest()
            signs = Signs(newest.t if newest else None, mailbox.delivered, self._drawn_t)
            self._heartbeat.beat(time.monotonic(), signs)

    @property
    def effort(self) -> Effort:
        """How much may be asked of the processor now."""
        return Effort.FULL if self._health is None else self._health.effort

    # -- the eyes tell ---------------------------------------------------------------------------------

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        """One moment, for the logbook."""
        if self._logbook is not None:
            self._logbook.write(t, feedback, rep)

    def light(self, t: float, light: Light) -> None:
        """Lamps are not kept."""

    # -- the camera tells ------------------------------------------------------------------------------

    def camera_lost(self, why: str) -> None:
        """The camera gives no pictures; kept once until it is back."""
        if not self._camera_lost and self._logbook is not None:
            self._logbook.fault("camera", why)
        self._camera_lost = True

    def camera_back(self, name: str) -> None:
        """It gives pictures again."""
        self._camera_lost = False
        log.info("camera: %s is there", name)


def upkeep_for(settings: Settings) -> Upkeep:
    """What these settings and this computer ask for."""
    logbook = _logbook(settings)

    def stepped(effort: Effort, health: Health) -> None:
        if logbook is not None:
            logbook.fault("heat", f"{effort.name.lower()} effort: {health}")

    tells = read() != Health(None, None)
    return Upkeep(logbook, Heartbeat(), HealthWatch(changed=stepped) if tells else None)


def _logbook(settings: Settings) -> Logbook | None:
    days = settings.store.keep_days
    if not days:
        log.info("store: no set is kept, store.keep_days is 0")
        return None
    path = state_folder() / FILE_NAME
    log.info("store: the numbers of each set are kept for %d days in %s", days, path)
    return Logbook(Store(path, days))

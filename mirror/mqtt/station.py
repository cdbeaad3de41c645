"""Tells an MQTT broker what the station does: states, repetitions, sets; and in a class follows its timer.

Off unless a broker is named. Called in the eyes thread, so it only notes what changed; what cannot be said is
dropped and counted. What is said and where: topics.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from mirror.coach.clock import SharedTimer
from mirror.coach.feedback import Feedback, Light, State, nothing
from mirror.coach.words import Words, words
from mirror.faults import BadInput
from mirror.knees.reading import Rep
from mirror.mqtt.connection import Broker, Message
from mirror.mqtt.home_assistant import discovery
from mirror.mqtt.outbox import Outbox
from mirror.mqtt.setup import WITHOUT_NETWORK, BrokerSetup, has_network, setup_for
from mirror.mqtt.topics import (
    ClassTimer,
    MirrorHealth,
    Payload,
    Topics,
    decoded,
    encoded,
    health_payload,
    rep_of_set,
    rep_payload,
    set_payload,
    state_payload,
    timer_of,
    timer_topic,
)
from mirror.service.containment import Report, guarded, logged
from mirror.settings import Settings

log = logging.getLogger(__name__)

LARGEST_TIMER = 1024
"""Bytes of a timer's message; a board's has 120."""
FLUSH_S, GOODBYE_S = 0.4, 0.4
"""At the end: for what still waits, and for the good-bye. A station ends within two seconds altogether."""


class Publisher:
    """Turns Feedback into messages: a state when it changed, every repetition, every set. An Observer.

    say: the station's words. now: Unix seconds.
    """

    room = "mqtt"

    def __init__(
        self,
        topics: Topics,
        outbox: Outbox,
        say: Words,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._topics, self._outbox, self._say, self._now = topics, outbox, say, now
        self._lock = threading.Lock()  # the camera's thread has something to say, too
        self._moment = nothing(0.0, State.STARTING)
        self._lost = ""  # why there is no picture, while there is none
        self._said: Payload = {}
        self._started = now()
        self._set = 0
        self._reps: list[Payload] = []
        self._bottoms: list[float] = []
        self._state_changed(self._moment)

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        """One moment; rep is the repetition that ended with it, or None. t is the event log's business."""
        with self._lock:
            self._lost = ""
            self._count(feedback, rep)
            self._state_changed(feedback)
            if feedback.set_over is not None and self._reps:
                now = self._now()
                payload = set_payload(
                    self._topics.station, now, self._set, self._reps, feedback.set_over, self._say
                )
                sent = Message(self._topics.set, encoded(payload), qos=1, retain=True)
                self._outbox.keep(sent, newest_only=False)

    def light(self, t: float, light: Light) -> None:
        """The lamp changed by itself: no picture comes."""
        with self._lock:
            self._state_changed(replace(self._moment, light=light))

    def camera_lost(self, why: str) -> None:
        """No pictures come; what is told next is said by a picture."""
        with self._lock:
            self._lost = why
            self._state_changed(replace(nothing(0.0, State.FAULT), reps_done=self._moment.reps_done))

    def health(self, health: MirrorHealth) -> None:
        """How the mirror itself is, from any thread."""
        payload = health_payload(self._topics.station, self._now(), self._started, health)
        self._outbox.keep(Message(self._topics.health, encoded(payload), retain=True), newest_only=True)

    def announce(self, prefix: str) -> None:
        """Tell Home Assistant, which looks there, what this station is."""
        for topic, payload in discovery(self._topics, prefix).items():
            self._outbox.keep(Message(topic, encoded(payload), qos=1, retain=True), newest_only=True)

    def _count(self, feedback: Feedback, rep: Rep | None) -> None:
        """Which set this is, and the repetition if it counts: one while paused does not."""
        ended = 0 if feedback.set_over is None else len(feedback.set_over.reps)
        done = max(feedback.reps_done, ended)
        if done < len(self._reps):
            self._reps, self._bottoms = [], []  # another set
        self._judged_late(feedback)
        if rep is None or done <= len(self._reps):
            return
        if not self._reps:
            self._set += 1
        published = rep_of_set(self._now(), len(self._reps) + 1, rep)
        self._reps.append(published)
        self._bottoms.append(rep.bottom_s)
        self._send(published)

    def _judged_late(self, feedback: Feedback) -> None:
        """A repetition of this set whose verdict is known by now is sent once more, under its number."""
        for rep in feedback.judged_late:
            if rep.bottom_s in self._bottoms:
                at = self._bottoms.index(rep.bottom_s)
                self._reps[at] = {**rep_of_set(0.0, at + 1, rep), "t": self._reps[at]["t"]}
                self._send(self._reps[at])

    def _send(self, published: Payload) -> None:
        sent = rep_payload(self._topics.station, self._set, published)
        self._outbox.put(Message(self._topics.rep, encoded(sent), qos=1))

    def _state_changed(self, feedback: Feedback) -> None:
        """Say the state if anything in it but the time changed."""
        self._moment = feedback
        note = self._lost or self._say.line(feedback.note)
        said = state_payload(self._topics.station, 0.0, feedback, self._set, note)
        if said == self._said:
            return
        self._said = said
        sent = encoded({**said, "t": round(self._now(), 2)})
        self._outbox.keep(Message(self._topics.state, sent, retain=True), newest_only=True)


class TimerSubscriber:
    """What the class's timer says. `heard` is called in paho's thread, `shared` in the eyes thread."""

    def __init__(
        self, now: Callable[[], float] = time.time, frames_now: Callable[[], float] = time.monotonic
    ) -> None:
        """now: Unix seconds. frames_now: seconds on the frames' clock."""
        self._now, self._frames_now = now, frames_now
        self._timer: ClassTimer | None = None

    def heard(self, payload: bytes) -> None:
        """A message of the timer's topic; one that is none changes nothing, an empty one stops it."""
        timer = timer_of(decoded(payload)) if len(payload) <= LARGEST_TIMER else None
        if timer is not None or not payload:
            self._timer = timer

    def shared(self) -> SharedTimer | None:
        """The timer on the frames' clock; None while there is none or it is stopped."""
        timer = self._timer
        if timer is None or timer.started is None:
            return None
        # asked anew each time: a station whose clock is set late follows at once
        zero_t = self._frames_now() - (self._now() - timer.started)
        return SharedTimer(zero_t, timer.work_s, timer.rest_s, timer.rounds)


class Mqtt:
    """A station's line to its broker: an Observer to start and close."""

    room = "mqtt"

    def __init__(self, setup: BrokerSetup, say: Words, *, in_class: bool, report: Report = logged) -> None:
        """report: told of what nobody foresaw."""
        self._outbox = Outbox(report=report)
        self._timer = TimerSubscriber()
        self._broker = Broker(
            setup,
            guarded(self.room, report, self._outbox.back),
            guarded(self.room, report, self._timer.heard),
            timer_topic(setup.topics.prefix) if in_class else "",
            report,
        )
        publisher = Publisher(setup.topics, self._outbox, say)
        self.write, self.light, self.camera_lost = publisher.write, publisher.light, publisher.camera_lost
        self.health = publisher.health
        if setup.discovery:
            publisher.announce(setup.discovery)
        self.shared = self._timer.shared
        self._begun = False

    @property
    def dropped(self) -> int:
        """Messages nobody will ever hear."""
        return self._outbox.dropped

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self._broker.connected.is_set()

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._begun = True
        self._outbox.start(self._broker)
        self._broker.start()

    def close(self) -> None:
        """Say what waits and good-bye, if anybody hears it; may be called twice."""
        if self._begun:
            self._begun = False
            self._outbox.close(FLUSH_S)
            self._broker.close(GOODBYE_S)


def mqtt_for(settings: Settings, report: Report = logged) -> Mqtt | None:
    """What the settings ask for; None without a broker, or with a warning where it cannot be asked."""
    try:
        setup = setup_for(settings)
        if setup is None:
            return None
        if not has_network():
            raise BadInput(WITHOUT_NETWORK)
        in_class = settings.coach.mode == "class"
        return Mqtt(setup, words(settings.coach.language), in_class=in_class, report=report)
    except (BadInput, OSError, UnicodeError) as why:
        log.warning("mqtt: %s; the mirror goes on and tells nobody", why)
        return None

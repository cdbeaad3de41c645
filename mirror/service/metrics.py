"""Numbers on the mirror itself, written as a file that Prometheus's node-exporter picks up: no port is open.

A thread of its own asks for the numbers every 15 s. A disk that is full is said once; the mirror goes on.
Knows no camera, no eyes and no broker: what is seen of them comes as a `Snapshot`.
"""

from __future__ import annotations

import errno
import importlib.util
import logging
import platform
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mirror import __version__
from mirror.coach.feedback import Feedback, Light, State
from mirror.coach.lamp import worse_verdict
from mirror.files.plain import in_home
from mirror.files.writing import replace_whole
from mirror.knees.reading import Rep, Verdict
from mirror.service.containment import Report, logged
from mirror.service.throttling import THROTTLE_BITS, Health
from mirror.stopwatch import Took

log = logging.getLogger(__name__)

VERDICTS = tuple(verdict.value for verdict in Verdict)

EVERY_S = 15.0
FOR_EVERYBODY = 0o644
"""The file's mode: node-exporter runs as another user, and there is nothing in it to hide."""
OURS = b"# HELP squat_mirror_"
"""How a file begins that was written here."""
SOMETHING_ELSE = "something else is there, and stays"
BIT_NAMES = {
    0: "under_voltage",
    1: "frequency_capped",
    2: "throttled",
    3: "soft_temperature_limit",
}
"""Each has a bit 16 higher that says it happened since power-on."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What there is to tell of a mirror at one moment; counts since it started.

    stages: how long each stage of a frame takes. health: None where the computer tells nothing. reps: by
    their worse leg's verdict. incidents: what nobody foresaw and was survived, by room.
    """

    judged: int = 0
    rested: int = 0
    dropped: int = 0
    stages: Mapping[str, Took] = field(default_factory=dict)
    health: Health | None = None
    effort: int = 0
    steps_down: int = 0
    camera_reopened: int = 0
    store_dropped: int = 0
    mqtt_dropped: int = 0
    mqtt_connected: bool = False
    reps: Mapping[str, int] = field(default_factory=dict)
    incidents: Mapping[str, int] = field(default_factory=dict)


class RepCount:
    """Counts repetitions by verdict, each by its worse leg. An Observer."""

    room = "metrics"

    def __init__(self) -> None:
        self.by_verdict: Counter[str] = Counter()

    def write(self, t: float, feedback: Feedback, rep: Rep | None) -> None:
        """One moment; while paused nothing counts."""
        if rep is not None and feedback.state is not State.PAUSED:
            self.by_verdict[worse_verdict(rep.left.verdict, rep.right.verdict).value] += 1

    def light(self, t: float, light: Light) -> None:
        """Lamps are not counted."""


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """One metric: what it is, and its values by tuples of label values. kind: counter or gauge."""

    name: str
    kind: str
    says: str
    values: Mapping[Any, float]
    labels: tuple[str, ...] = ()


def rows(seen: Snapshot, poses_per_s: float | None) -> Iterator[MetricFamily]:
    """Everything that is told. Names without the prefix and without the counters' `_total`."""
    frames = {("judged",): seen.judged, ("rested",): seen.rested, ("dropped",): seen.dropped}
    yield MetricFamily("frames", "counter", "Frames by what became of them.", frames, ("outcome",))
    if poses_per_s is not None:
        yield MetricFamily("poses_per_second", "gauge", "Frames judged a second, lately.", {(): poses_per_s})
    took = {}
    for stage, laps in seen.stages.items():
        took[stage, "0.5"], took[stage, "0.95"] = laps.median_ms, laps.p95_ms
    says = "How long each stage of a frame takes: median and 95th percentile of the newest thousand."
    yield MetricFamily("stage_milliseconds", "gauge", says, took, ("stage", "quantile"))
    yield from _health_rows(seen.health)
    says = "How much less is asked of the processor because of heat: 0 nothing, 2 most."
    yield MetricFamily("effort_step", "gauge", says, {(): seen.effort})
    yield MetricFamily(
        "effort_steps_down", "counter", "How often less was asked, for heat.", {(): seen.steps_down}
    )
    says = "How often the camera was opened again."
    yield MetricFamily("camera_reopened", "counter", says, {(): seen.camera_reopened})
    says = "Records of sets that were not kept."
    yield MetricFamily("store_dropped", "counter", says, {(): seen.store_dropped})
    yield MetricFamily("mqtt_dropped", "counter", "Messages nobody heard.", {(): seen.mqtt_dropped})
    yield MetricFamily(
        "mqtt_connected", "gauge", "Whether the broker is there.", {(): int(seen.mqtt_connected)}
    )
    reps = {(verdict,): seen.reps.get(verdict, 0) for verdict in VERDICTS}
    yield MetricFamily("repetitions", "counter", "Repetitions by their worse leg.", reps, ("verdict",))
    says = "What nobody foresaw and was survived: faults of our own, by room."
    incidents = {(room,): n for room, n in seen.incidents.items()}
    yield MetricFamily("incidents", "counter", says, incidents, ("room",))
    version = (__version__, platform.python_version(), platform.machine())
    labels = ("version", "python", "machine")
    yield MetricFamily("build_info", "gauge", "Which release runs on what.", {version: 1}, labels)


def _health_rows(health: Health | None) -> Iterator[MetricFamily]:
    if health is None:
        return
    if health.temperature_c is not None:
        says = "The processor's temperature."
        yield MetricFamily("temperature_celsius", "gauge", says, {(): health.temperature_c})
    if health.bits is not None:
        bits = {
            (BIT_NAMES[bit & 0xF], "now" if bit < 16 else "since_power_on"): health.bits >> bit & 1
            for bit in THROTTLE_BITS
        }
        says = "The firmware's throttle bits."
        yield MetricFamily("throttle", "gauge", says, bits, ("what", "when"))


def ours(path: Path) -> bool:
    """Whether metrics may be written there: nothing is, or older metrics of a mirror. Raises OSError."""
    if not path.exists():
        return True
    if not path.is_file():
        return False
    with path.open("rb") as file:
        begins = file.read(len(OURS))
    return begins in (b"", OURS)


class Metrics:
    """Writes the file until closed."""

    room = "metrics"

    def __init__(
        self, path: Path, look: Callable[[], Snapshot], every_s: float = EVERY_S, report: Report = logged
    ) -> None:
        """look: what there is to tell, asked in this object's thread. report: told of what nobody foresaw."""
        self._report = report
        self.path = path
        self._look, self._every_s = look, every_s
        self._trouble = False
        self._judged: tuple[float, int] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> None:
        """Begin to write; once only."""
        self._pace(self._look())
        self._thread.start()

    def close(self, timeout: float = 1.0) -> None:
        """No more is written; may be called before `start()` and twice."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.write()
            except Exception as error:
                self._report("metrics", error)

    def write(self) -> None:
        """The file as a whole or not at all; a disk that refuses is said once, and once that it is back."""
        from prometheus_client import CollectorRegistry, generate_latest

        seen = self._look()
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collected(list(rows(seen, self._pace(seen)))))
        try:
            if not ours(self.path):
                raise FileExistsError(errno.EEXIST, SOMETHING_ELSE)
            replace_whole(self.path, generate_latest(registry), mode=FOR_EVERYBODY, alone=True)
        except OSError as error:
            if not self._trouble:
                log.warning("metrics: %s cannot be written (%s)", self.path, error.strerror)
            self._trouble = True
            return
        if self._trouble:
            log.warning("metrics: %s is written again", self.path)
        self._trouble = False

    def _pace(self, seen: Snapshot) -> float | None:
        """Frames judged a second since the last time; None the first time."""
        now = time.monotonic()
        before, self._judged = self._judged, (now, seen.judged)
        if before is None or now <= before[0]:
            return None
        return (seen.judged - before[1]) / (now - before[0])


class _Collected:
    """The rows as prometheus-client wants them."""

    def __init__(self, found: list[MetricFamily]) -> None:
        self._rows = found

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for row in self._rows:
            made = CounterMetricFamily if row.kind == "counter" else GaugeMetricFamily
            family = made(f"squat_mirror_{row.name}", row.says, labels=row.labels)
            for labels, value in row.values.items():
                family.add_metric(labels, value)
            yield family


def metrics_for(file: str, look: Callable[[], Snapshot], report: Report = logged) -> Metrics | None:
    """What the setting asks for; None without a file, or with a warning where it cannot be."""
    if not file.strip():
        return None
    if importlib.util.find_spec("prometheus_client") is None:
        log.warning(
            "metrics: this needs prometheus-client: pip install 'squat-mirror[metrics]'; none are written"
        )
        return None
    path = in_home(file.strip())
    log.info("metrics: written to %s every %.0f s", path, EVERY_S)
    return Metrics(path, look, report=report)

"""`Live`: pictures from anywhere, judged as a mirror judges them while somebody squats.

Thin over the station's parts: no camera, no thread, no clock, no lamp, and nothing is written or printed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror import __version__
from mirror.camera.frame import Frame, Layout
from mirror.camera.recording import Recording
from mirror.faults import BadInput
from mirror.fitting.from_settings import network_constants
from mirror.fitting.networks import pose_net
from mirror.knees.live import KneeWatch
from mirror.knees.reading import KneeReading, LegReading, Rep
from mirror.knees.track import TrackedPose
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Presence
from mirror.station.knee_watch import in_the_way, toes_for, watch_for
from mirror.station.toe_watch import ToeWatch
from squat_mirror.analysis import settings_of
from squat_mirror.rows import RepRow, rep_rows

SMALLEST_PX = 32
"""Pictures with a side shorter than this show nobody whom a network finds."""


@dataclass(frozen=True, slots=True)
class LiveLeg:
    """One leg in one picture.

    verdict: good, caution, off_track or unknown. deviation_deg: from where the foot points; inside_deg: from
    the leg's own track; + inward, None where unknown. knee, target: (x, y) of the knee, and of where it would
    be on its own track, as shares of the picture's width and height; None where unknown.
    """

    verdict: str
    deviation_deg: float | None
    inside_deg: float | None
    knee: tuple[float, float] | None
    target: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class LiveReading:
    """What one picture shows. `left` and `right` are the person's own.

    present: somebody is there. calibrated: where they stand and how long their legs are is known. phase:
    stand, down or up. q: squat progress, 0 standing, about 0.5 at parallel. depth_deg: thigh elevation,
    + above parallel. None where unknown. why_unknown: the key of the reason why no leg is judged, else "".
    reps: repetitions there is news of, two rows each: the one that ended with this picture, and earlier ones
    whose verdict was unknown and is known now, under the number they had.
    """

    t_s: float
    present: bool
    calibrated: bool
    phase: str
    q: float | None
    depth_deg: float | None
    left: LiveLeg
    right: LiveLeg
    why_unknown: str
    reps: tuple[RepRow, ...] = ()


class Live:
    """One person at a time before one camera that stays where it is. Not for several threads.

    Repetitions are numbered anew for everybody who steps in front of it.
    """

    def __init__(
        self,
        *,
        order: str = "bgr",
        config: str | os.PathLike[str] | None = None,
        **settings: object,
    ) -> None:
        """order: of a picture's colours, "bgr" (OpenCV) or "rgb". config, settings: as of `analyze`.

        Raises BadInput for a setting that is wrong, and PartMissing where a library is.
        """
        if order not in ("bgr", "rgb"):
            raise BadInput(f'order: "bgr" or "rgb", not {order!r}')
        self._layout = Layout(order)
        self._settings = settings_of(config, settings)
        net = pose_net(self._settings)
        self._constants = network_constants(net)
        self._tracker = PersonTracker(net)
        self._pictures = _Given()
        self._toes = ToeWatch(toes_for(self._settings, self._pictures))
        self._knees: KneeWatch | None = None
        self._size = (0, 0)
        self._t_s = -math.inf
        self._fed = 0

    def feed(self, picture: npt.NDArray[np.uint8], t_s: float) -> LiveReading:
        """Judge the next picture.

        picture: (height, width, 3) uint8, as the camera sees it and not mirrored; not changed, and not held
        after the call. t_s: when it was taken, seconds on any clock; later than the one before. A picture of
        another size than the one before begins anew. Raises BadInput for anything else.
        """
        frame = self._frame(picture, t_s)
        pose = self._tracker.see(frame)
        if self._knees is None or self._size != frame.size:
            self._knees = watch_for(self._settings, self._pictures, frame, self._constants)
            self._size = frame.size
        there = pose.seen is not Presence.NOBODY
        seen = TrackedPose(frame.t, pose.keypoints, pose.size, there, in_the_way(pose))
        reading, rep = self._knees.update(seen)
        self._toes.see(frame, pose, self._knees)
        return self._told(reading, rep)

    def _frame(self, picture: Any, t_s: float) -> Frame:
        pixels = np.asarray(picture)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise BadInput(f"a picture is (height, width, 3) uint8, not {pixels.shape} {pixels.dtype}")
        if min(pixels.shape[:2]) < SMALLEST_PX:
            raise BadInput(f"a picture of {pixels.shape[1]} x {pixels.shape[0]} pixels shows nobody")
        if not math.isfinite(t_s) or t_s <= self._t_s:
            raise BadInput(f"pictures come in order of time: {t_s} s after {self._t_s} s")
        self._t_s = float(t_s)
        self._fed += 1
        return Frame(pixels, self._t_s, self._fed, self._layout, (pixels.shape[0], pixels.shape[1]))

    def _told(self, reading: KneeReading, rep: Rep | None) -> LiveReading:
        news = (*reading.judged_late, *(() if rep is None else (rep,)))
        origin = {"file": "", "sha256": "", "version": __version__, "model": self._tracker.net.name}
        origin["settings"] = ""
        return LiveReading(
            t_s=reading.t,
            present=reading.setup.present,
            calibrated=reading.setup.calibrated,
            phase=reading.phase.value,
            q=reading.q,
            depth_deg=reading.depth_deg,
            left=_leg(reading.left),
            right=_leg(reading.right),
            why_unknown="" if reading.why_unknown is None else reading.why_unknown.key.value,
            reps=tuple(row for one in news for row in rep_rows(one, origin)),
        )


def _leg(leg: LegReading) -> LiveLeg:
    return LiveLeg(leg.verdict.value, leg.deviation_deg, leg.inside_deg, leg.knee, leg.target)


class _Given:
    """The source of pictures somebody else hands over: as little is known of their camera as of a clip's."""

    name = "pictures handed over"
    hfov_deg: float | None = None
    hfov_how = ""
    live = False
    t0: float | None = None
    fps: float | None = None
    recording: Recording | None = None

    def frames(self) -> Iterator[Frame]:
        """None: they are handed over."""
        return iter(())

    def close(self) -> None:
        """There is nothing to close."""

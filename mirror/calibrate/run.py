"""`squat-mirror calibrate`: how the camera hangs, and where the lens is on the glass, measured with a person.

The wiring of a calibration: camera -> pose -> steps -> glass or terminal -> the settings file. Changes the
settings it measured and no others, or nothing at all.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from mirror.calibrate.lens_place import (
    DROP_EVERY_S,
    DROP_MM,
    FIRST_DROP_MM,
    XY,
    DotsDisagree,
    dots,
    lens_place,
)
from mirror.calibrate.view import View, view_for
from mirror.camera.frame import Frame, Source
from mirror.camera.pick import open_camera
from mirror.camera.playback import Playback
from mirror.faults import BadInput, PermanentFault
from mirror.fitting.from_settings import camera_of, constants_of
from mirror.fitting.networks import pose_net
from mirror.knees.constants import KeypointConstants
from mirror.knees.optics import Camera
from mirror.mounting.dot_steps import LiningSteps
from mirror.mounting.stand_steps import (
    F32,
    HIGHEST_M,
    LOWEST_M,
    STILL_IN_CLIP_S,
    STILL_S,
    Implausible,
    MountingSteps,
)
from mirror.mounting.still import Asked
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Pose, Presence
from mirror.service.stopping import signals_heard
from mirror.settings import Settings, where
from mirror.settings.edit import change_settings, file_to_change

NEAREST_MARK_M, FARTHEST_MARK_M, LEAST_WAY_M = 1.0, 6.0, 0.4
UNCHANGED = "nothing was changed"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a tape said, metres; None where nobody measured. marks_m: distances of marks to stand on."""

    height_m: float | None = None
    stature_m: float | None = None
    marks_m: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting, found. value: as it will be written. says: how sure, in words."""

    section: str
    name: str
    value: float
    unit: str
    says: str

    @property
    def dotted(self) -> str:
        return f"{self.section}.{self.name}"


class Steps(Protocol):
    """Either calibration."""

    @property
    def done(self) -> bool: ...

    def update(self, t: float, keypoints: F32, size: tuple[int, int], seen: bool) -> Asked: ...


S = TypeVar("S", bound=Steps)
Begin = Callable[[Camera, KeypointConstants], S]
"""Makes the steps once the first picture shows its size."""


def calibrate_mounting(
    settings: Settings, measured: Measured, *, config: Path | None, screen: str, dry_run: bool
) -> int:
    """Tilt and height from somebody who stands. Exit code 0 when done.

    Raises BadInput, one line, for measures that are not enough or cannot be true; then nothing is changed.
    """
    _check(measured)
    file = file_to_change(config)
    with _looking(settings, screen) as look:

        def steps(camera: Camera, constants: KeypointConstants) -> MountingSteps:
            tape = (measured.height_m, measured.stature_m, measured.marks_m)
            return MountingSteps(camera, constants, *tape, still_s=STILL_IN_CLIP_S if look.clip else STILL_S)

        done = look.through(steps)
    try:
        found = done.result()
    except Implausible as reason:
        raise BadInput(f"{reason}; {UNCHANGED}.") from None
    tilt, height = found.tilt_deg, found.height_m
    changes = [
        SettingChange(
            "camera", "tilt_deg", round(tilt.value, 1), "degrees down", f"to within {tilt.sd:.1f} degrees"
        ),
        SettingChange(
            "camera",
            "height_m",
            round(height.value if measured.marks_m or measured.height_m is None else measured.height_m, 2),
            "m over the floor",
            f"to within {100 * height.sd:.0f} cm",
        ),
    ]
    _keep(settings, changes, file, dry_run)
    return 0


def calibrate_glass(settings: Settings, *, config: Path | None, screen: str, dry_run: bool) -> int:
    """The lens's place on the glass, from somebody who lines up two dots with their knees. As above."""
    camera = settings.camera
    if camera.tilt_deg is None or camera.height_m is None:
        raise BadInput("the glass needs camera height and tilt: run `squat-mirror calibrate mounting` first.")
    if settings.screen.panel_height_mm is None:
        raise BadInput("the glass needs [screen] panel_height_mm: measure the visible panel's height.")
    file = file_to_change(config)
    with _looking(settings, screen, dots_needed=True) as look:
        glass = GlassSteps(settings, look.view)
        look.through(glass.begin)
    try:
        place = lens_place(glass.steps.lined, glass.shown)
    except DotsDisagree as reason:
        raise BadInput(f"{reason}; {UNCHANGED}.") from None
    sure = f"to within {place.sd_mm:.0f} mm"
    changes = [
        SettingChange("screen", "camera_x_mm", round(place.x_mm), "mm right of the panel's left edge", sure),
        SettingChange("screen", "camera_y_mm", round(place.y_mm), "mm below the panel's top edge", sure),
    ]
    _keep(settings, changes, file, dry_run)
    return 0


class GlassSteps:
    """LiningSteps with dots on a panel: they go down until somebody reaches them, and stay while held."""

    def __init__(self, settings: Settings, view: View) -> None:
        self._stature_m = settings.person.stature_m
        self._view = view
        self._down_mm = FIRST_DROP_MM
        self._pair: tuple[XY, XY] | None = None
        self.shown: list[tuple[XY, XY]] = []
        self.steps: LiningSteps

    def begin(self, camera: Camera, constants: KeypointConstants) -> GlassSteps:
        self.steps = LiningSteps(camera, constants, self._stature_m)
        return self

    @property
    def done(self) -> bool:
        return self.steps.done

    def update(self, t: float, keypoints: F32, size: tuple[int, int], seen: bool) -> Asked:
        before = len(self.steps.lined)
        asked = self.steps.update(t, keypoints, size, seen)
        if len(self.steps.lined) > before and self._pair is not None:
            self.shown.append(self._pair)
            self._down_mm += DROP_MM
            self._pair = None
        standing = self.steps.standing
        if standing is not None and (self._pair is None or asked.progress == 0.0):
            down = self._down_mm + DROP_MM * (self.steps.waiting_s // DROP_EVERY_S)
            self._pair = dots(standing, self._view.lens_mm, self._view.panel_mm, down)
        self._view.dots_mm = self._pair or ()
        return asked


def _check(measured: Measured) -> None:
    """Raises BadInput for measures that can't be true or can never be enough, before anybody stands there."""
    for name, value, low, high in (
        ("--height", measured.height_m, LOWEST_M, HIGHEST_M),
        ("--stature", measured.stature_m, 1.2, 2.3),
        *(("--mark", mark, NEAREST_MARK_M, FARTHEST_MARK_M) for mark in measured.marks_m),
    ):
        if value is not None and not low <= value <= high:
            raise BadInput(f"{name}: {value:g} m is not from {low:g} to {high:g} m.")
    marks = measured.marks_m
    if any(abs(a - b) < LEAST_WAY_M for i, a in enumerate(marks) for b in marks[:i]):
        raise BadInput(f"--mark: marks must be {LEAST_WAY_M:g} m apart or more to say anything.")
    if measured.height_m is None and len(marks) < 2:
        raise BadInput(
            "measure the height of the lens over the floor (--height), or stand on two marks "
            "(--mark 2.2 --mark 3.2)."
        )
    if measured.stature_m is None and not marks:
        raise BadInput("say how tall the person is (--stature), or how far the mark is (--mark).")


class CameraWithView:
    """A camera with somebody before it, and the view that tells them what to do."""

    def __init__(self, settings: Settings, source: Source, view: View, stop: threading.Event) -> None:
        self._settings = settings
        self._source = source
        self._stop = stop
        self.view = view
        self.clip = not source.live
        model = source.recording.model if source.recording else settings.model.name
        self._constants = constants_of(model)
        self._tracker = PersonTracker(pose_net(settings))

    def through(self, begin: Begin[S]) -> S:
        """All steps, to the end of them. Raises BadInput when the clip ends before, PermanentFault when
        somebody wants to stop."""
        steps: S | None = None
        asked: Asked | None = None
        for frame, pose in self._poses():
            steps = steps or begin(self._camera(frame), self._constants)
            asked = steps.update(frame.t, pose.keypoints, pose.size, pose.seen is Presence.FOUND)
            if not self.view.show(asked, frame) or self._stop.is_set():
                raise PermanentFault(f"stopped; {UNCHANGED}.")
            if steps.done:
                return steps
        if self._stop.is_set():
            raise PermanentFault(f"stopped; {UNCHANGED}.")
        got = (
            "no picture came before" if asked is None else f"it ended at step {asked.n} of {asked.of}, before"
        )
        raise BadInput(f"{self._source.name}: {got} anybody kept still for long enough; {UNCHANGED}.")

    def _poses(self) -> Iterator[tuple[Frame, Pose]]:
        for frame in self._source.frames():
            if self._stop.is_set():
                return
            yield frame, self._tracker.see(frame)

    def _camera(self, frame: Frame) -> Camera:
        return camera_of(self._settings, frame.size, (self._source.hfov_how, self._source.hfov_deg))


@contextmanager
def _looking(settings: Settings, screen: str, dots_needed: bool = False) -> Iterator[CameraWithView]:
    """The camera open and the view up; both closed on the way out."""
    with signals_heard() as stop:
        source, said = open_camera(settings.camera)
        wanted = dots_needed and source.live
        try:
            with view_for(settings, screen, dots_needed=wanted) as view:
                if isinstance(source, Playback) and not view.live:
                    source.pace = False  # nobody watches it: as fast as it can be read
                    said = source.name
                sys.stderr.write(f"{said}; {view.said}.\n")
                yield CameraWithView(settings, source, view, stop)
        finally:
            source.close()


def _keep(settings: Settings, changes: list[SettingChange], file: Path, dry_run: bool) -> None:
    """Write what was found, and say what changed and by how much."""
    if not dry_run:
        change_settings(file, {change.dotted: change.value for change in changes})
    origins = where(settings)
    for change in changes:
        before = getattr(getattr(settings, change.section), change.name)
        was = "was not set" if before is None else f"was {before:g}, {change.value - before:+.4g}"
        print(f"{change.dotted} = {change.value:g}  {change.unit}, {change.says}; {was}")
        if origins[change.dotted].startswith("environment"):
            print(f"  {origins[change.dotted].split()[1]} in the environment still wins over the file")
    print("nothing was written (--dry-run)" if dry_run else f"written to {file}")

"""`squat-mirror record`: what the networks see, kept as keypoints and toe tips and without any picture.

The wiring of a recording: camera -> pose -> file. Judges nothing; `analyze` reads the file.
"""

from __future__ import annotations

import contextlib
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mirror.camera.feeder import Feeder
from mirror.camera.frame import F32, Frame, Source
from mirror.camera.mailbox import Mailbox
from mirror.camera.pick import open_camera
from mirror.camera.recording import MOST_FRAMES, OFF_PICTURE, Recording, save
from mirror.camera.view import WEBCAM_GUESS
from mirror.faults import BadInput, PermanentFault
from mirror.files.writing import check_writable, is_stream
from mirror.fitting.from_settings import camera_of, constants_of, thresholds
from mirror.fitting.networks import foot_net, pose_net
from mirror.knees.live import KneeWatch
from mirror.knees.track import TrackedPose
from mirror.pose.catalog import ModelEntry, find
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Pose, Presence
from mirror.pose.toe_search import ToeSearch
from mirror.service.stopping import signals_heard
from mirror.settings import Settings, files_named
from mirror.station.knee_watch import in_the_way
from mirror.station.toe_watch import ToeWatch

ELSEWHERE = (Path(tempfile.gettempdir()), Path("/dev/shm"))
"""Where a recording goes whose own place takes no more."""
LOOK_UP_S = 0.2
"""How long to wait for a frame before asking whether to stop."""


class RecordedJoints:
    """The keypoints so far, all of one picture size."""

    def __init__(self) -> None:
        self.t: list[float] = []
        self.size: tuple[int, int] | None = None
        self.seen = 0
        self._keypoints: list[F32] = []
        self._toes: list[tuple[float, F32]] = []

    def add(self, pose: Pose) -> None:
        """Keep a pose, with scores of 0 where nobody is; one that does not come later is left out."""
        if self.t and pose.t <= self.t[-1]:
            return
        self.size = self.size or pose.size
        keypoints = pose.keypoints.copy()
        keypoints[:, :2] = np.clip(keypoints[:, :2], -OFF_PICTURE, 1.0 + OFF_PICTURE)
        if pose.seen is not Presence.FOUND:
            keypoints[:, 2] = 0.0
        self.seen += pose.seen is Presence.FOUND
        self.t.append(pose.t)
        self._keypoints.append(keypoints)

    def add_toes(self, tips: F32) -> None:
        """Keep toe tips (2, 2) found with the newest pose: those of the feet as they are placed now."""
        self._toes.append((self.t[-1], tips))

    @property
    def lasted_s(self) -> float:
        return self.t[-1] - self.t[0] if self.t else 0.0

    def recording(
        self, settings: Settings, zero: float | None, hfov_deg: float | None, model: str
    ) -> Recording:
        """All of it. zero: the time that becomes second 0, None for the first frame's.

        Only what is known of camera and person is written down, nothing that is assumed. Raises
        PermanentFault when there is nothing.
        """
        if self.size is None:
            raise PermanentFault("No picture came, so nothing was recorded.")
        camera = settings.camera
        zero = self.t[0] if zero is None else zero
        return Recording(
            np.array(self.t) - zero,
            np.stack(self._keypoints),
            self.size,
            toes_t=np.array([t for t, _ in self._toes]) - zero if self._toes else None,
            toes_each=np.stack([tips for _, tips in self._toes]) if self._toes else None,
            hfov_deg=camera.hfov_deg or hfov_deg,
            tilt_deg=camera.tilt_deg,
            roll_deg=camera.roll_deg or None,
            camera_height_m=camera.height_m,
            stature_m=settings.person.stature_m,
            model=model,
        )


class StandingToes:
    """Whoever stands before the camera, watched for their toe tips only; nothing is judged."""

    def __init__(self, settings: Settings, entry: ModelEntry, source: Source) -> None:
        self._settings, self._entry, self._source = settings, entry, source
        self._toes = ToeWatch(ToeSearch(foot_net(settings)))
        self._knees: KneeWatch | None = None  # knows when somebody stands, and when the feet moved

    def see(self, frame: Frame, pose: Pose) -> F32 | None:
        """(2, 2) (y, x) [left, right], normalised, with the frame that completes a search; else None."""
        self._knees = knees = self._knees or self._watch(frame)
        there = pose.seen is not Presence.NOBODY
        knees.update(TrackedPose(frame.t, pose.keypoints, pose.size, there, in_the_way(pose)))
        return self._toes.see(frame, pose, knees)

    def _watch(self, frame: Frame) -> KneeWatch:
        source = self._source
        return KneeWatch(
            camera_of(self._settings, frame.size, (source.hfov_how, source.hfov_deg)),
            constants_of(self._entry.name),
            thresholds(self._settings, with_reference=False),
            ask_reference=False,
        )


def record(settings: Settings, path: Path, seconds: float | None, *, overwrite: bool) -> int:
    """Until somebody stops it, `seconds` have passed or the clip ends; then saved as a whole. Exit code 0.

    A camera's fault that ended it is raised once what was recorded is saved.
    """
    _check(path, settings, overwrite)
    entry = find(settings.model.name)
    constants_of(entry.name)  # a recording of a model that can't be judged would be of no use
    kept = RecordedJoints()
    with signals_heard() as stop:
        source, said = open_camera(settings.camera)
        with _feeding(source, settings) as (mailbox, feeder):
            if source.recording is not None:
                raise BadInput(f"{settings.camera.source} is a keypoint recording already.")
            tracker = PersonTracker(pose_net(settings))
            standing = StandingToes(settings, entry, source)
            _show(f"{said}. Keypoints are kept, no picture is; Ctrl-C ends it.\n")
            feeder.start()
            for frame in _until(stop, mailbox):
                if not _keep(kept, tracker, standing, frame, seconds):
                    break
            zero = source.t0
            hfov_deg = None if source.hfov_how == WEBCAM_GUESS else source.hfov_deg
        if kept.t or feeder.fault is None:
            path, full = _saved(path, kept.recording(settings, zero, hfov_deg, entry.name))
            _tell(kept, path, mailbox.dropped)
            if full is not None:
                raise full
    if feeder.fault is not None:
        raise feeder.fault
    return 0


def _check(path: Path, settings: Settings, overwrite: bool) -> None:
    """Before anything is recorded: raise BadInput where it could not be saved."""
    if path.suffix.lower() != ".npz":
        raise BadInput(f"{path}: a recording's name ends in .npz, or analyze would not know it.")
    if is_stream(path):
        raise BadInput(f"{path} is not a file: a recording cannot be written there.")
    check_writable([path], [Path(settings.camera.source), *files_named(settings)], overwrite)


@contextmanager
def _feeding(source: Source, settings: Settings) -> Iterator[tuple[Mailbox, Feeder]]:
    """A feeder to be started; on the way out, whatever happened, the camera is let go."""
    mailbox = Mailbox()
    feeder = Feeder(source, mailbox, lambda: open_camera(settings.camera)[0])
    try:
        yield mailbox, feeder
    finally:
        feeder.stop()


def _until(stop: threading.Event, mailbox: Mailbox) -> Iterator[Frame]:
    while not stop.is_set():
        frame = mailbox.take(LOOK_UP_S)
        if frame is not None:
            yield frame
        elif mailbox.closed:
            return


def _keep(
    kept: RecordedJoints, tracker: PersonTracker, standing: StandingToes, frame: Frame, seconds: float | None
) -> bool:
    """Keep what is seen in this frame; whether to go on."""
    if kept.t and seconds is not None and frame.t - kept.t[0] >= seconds:
        return False
    if kept.size not in (None, frame.size):
        _show("squat-mirror: the camera's picture has another size now, so the recording ends.\n")
        return False
    pose = tracker.see(frame)
    kept.add(pose)
    tips = standing.see(frame, pose)
    if tips is not None:
        kept.add_toes(tips)
    if sys.stderr.isatty():
        there = "somebody is seen" if kept.seen else "nobody seen yet"
        _show(f"\r{kept.lasted_s:6.1f} s, {len(kept.t)} frames, {there}  ")
    if len(kept.t) < MOST_FRAMES:
        return True
    _show(f"squat-mirror: a recording holds {MOST_FRAMES} frames at most, so it ends.\n")
    return False


def _saved(path: Path, recording: Recording) -> tuple[Path, BadInput | None]:
    """Where it is now, and why it is not where it was to be: a disk may have filled meanwhile, and nobody
    does their squats again. Raises that where no other place takes it."""
    try:
        save(path, recording)
    except BadInput as full:
        for folder in ELSEWHERE:
            other = folder / f"{path.stem}-{secrets.token_hex(3)}{path.suffix}"
            with contextlib.suppress(BadInput):
                save(other, recording)
                return other, BadInput(f"{full} It is {other} until the computer is switched off.")
        raise
    return path, None


def _show(text: str) -> None:
    """On the terminal, if it is still there: a recording outlives a lost ssh."""
    with contextlib.suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def _tell(kept: RecordedJoints, path: Path, dropped: int) -> None:
    if sys.stderr.isatty():
        _show("\n")
    nobody = "" if kept.seen else ", nobody seen in any"
    missed = f", {dropped} missed" if dropped else ""
    print(f"{len(kept.t)} frames{missed}, {kept.lasted_s:.1f} s{nobody} -> {path}")

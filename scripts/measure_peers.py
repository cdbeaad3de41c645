#!/usr/bin/env python3
"""The mirror beside other programs that find joints or judge knees, on the same clips in one run.

Every peer runs in an environment of its own, made once from the package index, and looks at each picture
right after the others, so that a busy machine slows all of them. Prints tables: time, joint errors against
rendered truth, jitter on filmed clips, verdicts by the usual rules and through the mirror's own knees room.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import measure_clips
import numpy as np
import numpy.typing as npt
from measure_clips import CLEAN_DEG, COLLAPSED_DEG, SAME_REP_S, TrueRep
from model_build import rendered_clip
from peers import pipe

from mirror.camera.video import VideoFile
from mirror.fitting.from_settings import network_constants
from mirror.knees.analysis import Analysis, analyse
from mirror.knees.azimuth import ToeTips
from mirror.knees.constants import ANATOMICAL, KeypointConstants
from mirror.knees.judge import Thresholds
from mirror.knees.measures import fppa_deg, kasr
from mirror.knees.optics import Camera, rectify
from mirror.knees.reading import Verdict
from mirror.knees.track import Track
from mirror.pose.catalog import DEFAULT_MODEL, find
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Presence
from mirror.pose.pose_net import PoseNet

Array = npt.NDArray[np.float64]
HERE = Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared"
OFFICIAL = SHARED / "models" / "movenet_single_pose_lightning_ptq.tflite"
HOME = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "squat-mirror" / "peers"
MEDIAPIPE = "mediapipe==0.10.21"
JOINTS = {"hips": (11, 12), "knees": (13, 14), "ankles": (15, 16)}
NAMES = ("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
BENT = 0.5
"""Of a repetition's way down: the usual rules are asked of the frames below it."""
RULES: dict[str, Callable[[Array, Array], tuple[bool, bool]]] = {
    "knees nearer than ankles": lambda apart, _: (bool(apart.mean() < 1.0),) * 2,
    "knees nearer than 1.2 x ankles": lambda apart, _: (bool(apart.mean() < 1.2),) * 2,
    "FPPA over 10 degrees inward": lambda _, fppa: (bool(fppa[:, 0].max() > 10), bool(fppa[:, 1].max() > 10)),
}
"""What squat apps ask of a repetition: distance of the knees over the ankles' (T,), and FPPA (T, 2), degrees.
Whether it warns of the left and the right knee."""


class Peer(Protocol):
    """name: what it is. constants: of its keypoints."""

    name: str
    constants: KeypointConstants

    def begin(self) -> None:
        """A new clip."""
        ...

    def look(self, bgr: npt.NDArray[np.uint8], frame: object) -> tuple[Array, float]:
        """(17, 3) (y, x, score), normalised, and seconds."""
        ...


class Ours:
    """The mirror's own tracker and default network, two threads."""

    name = "this mirror"

    def __init__(self) -> None:
        self._net = PoseNet(find(DEFAULT_MODEL), threads=2)
        self.constants = network_constants(self._net)
        self.begin()

    def begin(self) -> None:
        self._tracker = PersonTracker(self._net)

    def look(self, bgr: npt.NDArray[np.uint8], frame: object) -> tuple[Array, float]:
        began = time.perf_counter()
        pose = self._tracker.see(frame)  # type: ignore[arg-type]
        took = time.perf_counter() - began
        return np.where(pose.seen is Presence.FOUND, pose.keypoints, 0.0), took


class Piped:
    """A peer in another process, begun anew for every clip."""

    constants = ANATOMICAL

    def __init__(self, name: str, command: Sequence[str | Path]) -> None:
        self.name, self._command = name, command
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        self.end()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def end(self) -> None:
        if self._process is not None:
            self._process.communicate()

    def look(self, bgr: npt.NDArray[np.uint8], frame: object) -> tuple[Array, float]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise EOFError(f"{self.name} was not begun")
        return pipe.ask(bgr, process.stdin, process.stdout)


def environment(package: str) -> Path:
    """The Python of an environment with this package, made where it is missing."""
    folder = HOME / package.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        print(f"making an environment for {package} ...", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
        (folder / "made").touch()
    return python


def peers(official: Path) -> Iterator[Peer]:
    """Those that can be had here; says which cannot."""
    yield Ours()
    try:
        yield Piped("MediaPipe Pose (full)", [environment(MEDIAPIPE), HERE / "peers" / "mediapipe_pose.py"])
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"left out: {MEDIAPIPE} ({error})", file=sys.stderr)
    if official.exists():
        command = [sys.executable, HERE / "peers" / "movenet_sample.py", official]
        yield Piped("MoveNet int8, TensorFlow's Pi sample", command)
    else:
        print(f"left out: TensorFlow's Pi sample ({official} is not there)", file=sys.stderr)


@dataclass
class Found:
    """One peer on one clip. keypoints (T, 17, 3), seconds (T,)."""

    keypoints: list[Array] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def joints(self) -> Array:
        return np.array(self.keypoints, np.float64)


@dataclass(frozen=True)
class Clip:
    """t (T,) seconds; size (height, width) of its pictures."""

    t: Array
    size: tuple[int, int]


def watch(video: Path, everybody: Sequence[Peer], frames: int) -> tuple[Clip, list[Found]]:
    """All of them on one clip, picture by picture, in another order at each."""
    source = VideoFile(video, pace=False)
    found = [Found() for _ in everybody]
    for peer in everybody:
        peer.begin()
    t = []
    for frame in source.frames():
        if len(t) == frames:
            break
        order = np.roll(np.arange(len(everybody)), len(t))
        for i in order:
            keypoints, took = everybody[i].look(frame.pixels, frame)
            found[i].keypoints.append(keypoints)
            found[i].seconds.append(took)
        t.append(frame.t)
    return Clip(np.array(t), source.size), found


# -- what is told of them ------------------------------------------------------------------------------


@dataclass
class Score:
    """One peer over all clips: milliseconds, errors and jitter in % of standing height, legs judged.

    caves, clean: how legs that cave, and others, were judged. rules: by rule, which of either it warned of.
    """

    ms: list[float] = field(default_factory=list)
    errors: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in JOINTS})
    jitter: list[float] = field(default_factory=list)
    caves: list[Verdict] = field(default_factory=list)
    clean: list[Verdict] = field(default_factory=list)
    rules: dict[str, tuple[list[bool], list[bool]]] = field(
        default_factory=lambda: {name: ([], []) for name in RULES}
    )
    counted: list[tuple[int, int]] = field(default_factory=list)


def add_rendered(scores: Sequence[Score], everybody: Sequence[Peer], video: Path, truth: Path) -> None:
    """One clip whose joints and knees are known."""
    clip, found = watch(video, everybody, 10**9)
    joints, known = rendered_clip.read_truth(truth), measure_clips.read_truth(truth)
    camera = Camera(known.hfov_deg, known.tilt_deg, height_m=known.height_m, tilt_sd_deg=1.0)
    tips = [joints.of(f"{side}_toe2_tip")[0] / clip.size for side in ("left", "right")]
    for score, peer, seen in zip(scores, everybody, found, strict=True):
        keypoints = seen.joints
        score.ms += [1000 * took for took in seen.seconds[5:]]
        add_errors(score, keypoints, joints, clip.size)
        track = Track(clip.t, keypoints.astype(np.float32), clip.size, keypoints[:, 11:17, 2].mean(1) > 0.2)
        toes = ToeTips(np.array(tips, np.float32))
        analysis = analyse(track, camera, peer.constants, Thresholds(), None, lambda _, toes=toes: toes)
        add_verdicts(score, analysis, known.reps)
        add_rules(score, rectify(keypoints[..., :2], clip.size, camera), clip.t, known.reps)


def add_errors(score: Score, keypoints: Array, truth: rendered_clip.Truth, size: tuple[int, int]) -> None:
    """Distances in the picture."""
    for group, numbers in JOINTS.items():
        for number in numbers:
            exact = truth.of(NAMES[number - 11])[: len(keypoints)]
            apart = np.linalg.norm(keypoints[:, number, :2] * size - exact, axis=-1)
            score.errors[group] += (100 * apart / truth.height).tolist()


def add_verdicts(score: Score, analysis: Analysis, reps: Sequence[TrueRep]) -> None:
    """Through the mirror's own knees room, with the true toes of the standing person for everybody."""
    score.counted.append((len(analysis.reps), len(reps)))
    for rep in analysis.reps:
        true = min(reps, key=lambda one: abs(one.bottom_s - rep.bottom_s))
        if abs(true.bottom_s - rep.bottom_s) > SAME_REP_S:
            continue
        for leg, inside_deg in zip((rep.left, rep.right), true.inside_deg, strict=True):
            if inside_deg >= COLLAPSED_DEG:
                score.caves.append(leg.verdict)
            elif inside_deg <= CLEAN_DEG:
                score.clean.append(leg.verdict)


def add_rules(score: Score, p: Array, t: Array, reps: Sequence[TrueRep]) -> None:
    """The usual rules, told which frames are a repetition: p (T, 17, 2) tangents."""
    height = p[:, 11:13, 1].mean(1) - p[:, 15:17, 1].mean(1)
    for true in reps:
        near = np.abs(t - true.bottom_s) < SAME_REP_S
        lowest = height[near].min()
        deep = near & (height < lowest + (height.max() - lowest) * (1 - BENT))
        for name, rule in RULES.items():
            warned = rule(kasr(p[deep]), fppa_deg(p[deep]))
            for one, inside_deg in zip(warned, true.inside_deg, strict=True):
                if inside_deg >= COLLAPSED_DEG:
                    score.rules[name][0].append(one)
                elif inside_deg <= CLEAN_DEG:
                    score.rules[name][1].append(one)


def add_filmed(scores: Sequence[Score], everybody: Sequence[Peer], video: Path, frames: int) -> None:
    """One clip of a real person: how much knees and ankles tremble from frame to frame."""
    clip, found = watch(video, everybody, frames)
    everywhere = np.all([seen.joints[:, 13:17, 2].min(1) > 0.2 for seen in found], axis=0)
    thrice = everywhere[2:] & everywhere[1:-1] & everywhere[:-2]
    for score, seen in zip(scores, found, strict=True):
        places = seen.joints[..., :2] * clip.size
        tall = np.median(places[everywhere, 15:17, 0].mean(1) - places[everywhere, 0, 0]) / 0.88
        legs = places[:, 13:17]
        moved = np.linalg.norm(legs[2:] - 2 * legs[1:-1] + legs[:-2], axis=-1)[thrice]
        score.jitter.append(100 * float(np.median(moved)) / float(tall))


def table(everybody: Sequence[Peer], scores: Sequence[Score]) -> str:
    """Markdown: a row for each peer."""
    lines = [
        "| | ms a frame | hips | knees | ankles | jitter | counted | caves found | clean ones warned |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for peer, score in zip(everybody, scores, strict=True):
        errors = [f"{np.mean(values):.2f}" if values else "" for values in score.errors.values()]
        jitter = f"{np.median(score.jitter):.2f}" if score.jitter else ""
        counted = f"{sum(n for n, _ in score.counted)} of {sum(n for _, n in score.counted)}"
        cells = [f"{np.median(score.ms):.1f}", *errors, jitter, counted]
        cells += [warned(score.caves), warned(score.clean)]
        lines.append(f"| {peer.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def warned(verdicts: Sequence[Verdict]) -> str:
    """How many were off track, and of how many; those that got caution beside it."""
    off, caution = verdicts.count(Verdict.OFF_TRACK), verdicts.count(Verdict.CAUTION)
    return f"{off} (+{caution}) of {len(verdicts)}"


def rules_table(everybody: Sequence[Peer], scores: Sequence[Score]) -> str:
    """Markdown: a row for each rule on each peer's joints."""
    lines = ["| rule | joints of | caves found | clean ones warned |", "|---|---|---|---|"]
    for name in RULES:
        for peer, score in zip(everybody, scores, strict=True):
            caves, clean = (f"{sum(told)} of {len(told)}" for told in score.rules[name])
            lines.append(f"| {name} | {peer.name} | {caves} | {clean} |")
    return "\n".join(lines)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "folders", nargs="*", type=Path, help="more rendered clips, as scripts/synth writes them"
    )
    asked.add_argument(
        "--filmed", type=Path, default=SHARED / "clips", help="folder of real clips, for jitter"
    )
    asked.add_argument("--official", type=Path, default=OFFICIAL, help="the official MoveNet int8 file")
    asked.add_argument("--frames", type=int, default=200, help="of each real clip")
    wanted = asked.parse_args()
    everybody = list(peers(wanted.official))
    scores = [Score() for _ in everybody]
    rendered = [(rendered_clip.CLIP, rendered_clip.TRUTH)]
    rendered += [(video, truth) for _, video, truth in measure_clips.clips(wanted.folders)]
    for video, truth in rendered:
        add_rendered(scores, everybody, video, truth)
    filmed = [path for path in sorted(wanted.filmed.glob("*_front.*")) if path.suffix in (".mp4", ".mov")]
    for path in filmed:
        add_filmed(scores, everybody, path, wanted.frames)
    for peer in everybody:
        with contextlib.suppress(AttributeError):
            peer.end()  # type: ignore[attr-defined]
    print(
        f"{len(rendered)} rendered clips, {len(filmed)} filmed; errors and jitter in % of standing height\n"
    )
    print(table(everybody, scores), rules_table(everybody, scores), sep="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

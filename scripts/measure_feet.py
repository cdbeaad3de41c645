#!/usr/bin/env python3
"""Measure which way feet point, on real shoes marked by hand: what the looks at them say against the marks.

    python scripts/measure_feet.py                 # from the pictures in ../shared: half a minute

Marks and pictures lie outside the project. Nobody needs to stand still: the stance is measured in the frames
round the mark. Feet are looked at while somebody stands, and deep in a squat as the desk does where they were
not seen before. Marks are read by an assumed reach, so this measures tips, and how they become a direction.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import real_motion
from measure_real import KEPT

from mirror.camera.frame import Frame
from mirror.camera.recording import Recording, load
from mirror.camera.video import VideoFile
from mirror.desk.study import study
from mirror.fitting.from_settings import constants_of
from mirror.knees.azimuth import from_toes
from mirror.knees.optics import Camera, rectify
from mirror.knees.shank import SIDES
from mirror.knees.stance import NotStanding, Stance, measure
from mirror.pose.catalog import FOOT_MODEL, find
from mirror.pose.feet import FootNet, toe_tips
from mirror.pose.window import standing_height
from mirror.settings import Settings

MARKS = real_motion.SHARED / "feet" / "hand_marks.json"
NAMES = ("left", "right")
APART = 3
"""Frames between the two frames that are looked at."""
ROUND_IT = 4
"""Frames before and after a mark that its stance is measured from."""
F64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Foot:
    """One foot, degrees outward: by hand, by its reach alone, and as the mirror has it, with its sd."""

    clip: str
    time_s: float
    side: str
    deep: bool
    hand: float
    by_reach: float
    seen: float
    sd: float


@dataclass(frozen=True)
class Filmed:
    """A clip with marks: its joints, its camera, and how its person stands."""

    name: str
    path: Path
    recording: Recording
    camera: Camera
    stance: Stance
    standing_px: float


def by_reach(toe: F64, ankle: F64, depth: F64, reach: float) -> F64:
    """(2,) degrees from tangents of tips and ankles, by an assumed reach alone."""
    azimuth = np.radians([20.0, 20.0])
    for _ in range(4):
        outward = SIDES * (toe[:, 0] * (depth - reach * np.cos(azimuth)) - ankle[:, 0] * depth)
        azimuth = np.arcsin(np.clip(outward / reach, -1.0, 1.0))
    return np.asarray(np.degrees(azimuth))


def feet(marks: Path, reach: float) -> Iterator[Foot]:
    net = FootNet(find(FOOT_MODEL), threads=1)
    all_marks = json.loads(marks.read_text())["marks"]
    for clip in dict.fromkeys(mark["clip"] for mark in all_marks):
        own = [mark for mark in all_marks if mark["clip"] == clip]
        filmed = _filmed(marks.parent.parent / clip, own)
        if filmed is not None:
            yield from _of_clip(filmed, own, net, reach)


def _filmed(path: Path, marks: Sequence[dict[str, Any]]) -> Filmed | None:
    """None without its joints, or where nobody stands at the first mark."""
    kept = KEPT / f"{path.stem}.npz"
    stands = [mark for mark in marks if not mark["bottom"]]
    if not (path.exists() and kept.exists() and stands):
        return None
    recording = load(kept)
    camera = study(kept, Settings(), None).analysis.camera
    i = _nearest(recording, stands[0]["time_s"])
    near = recording.keypoints[max(0, i - ROUND_IT) : i + ROUND_IT + 1].astype(np.float64)
    p = rectify(near[..., :2], recording.image_size, camera)
    try:
        stance = measure(0.0, p, near[..., 2], constants_of(recording.model))
    except NotStanding:
        return None
    tall = standing_height(recording.keypoints[i], recording.image_size)
    return Filmed(path.stem, path, recording, camera, stance, tall)


def _nearest(recording: Recording, moment: float) -> int:
    return int(np.argmin(np.abs(recording.t - moment)))


def _of_clip(filmed: Filmed, marks: Sequence[dict[str, Any]], net: FootNet, reach: float) -> Iterator[Foot]:
    recording = filmed.recording
    at = {id(mark): _nearest(recording, mark["time_s"]) for mark in marks}
    wanted = {i + step for i in at.values() for step in (0, APART) if i + step < len(recording.t)}
    frames = dict(_frames(filmed.path, recording, wanted))
    for mark in marks:
        those = [i for i in (at[id(mark)], at[id(mark)] + APART) if i in frames]
        yield from _of_mark(filmed, mark, [(frames[i], recording.keypoints[i]) for i in those], net, reach)


def _frames(path: Path, recording: Recording, wanted: Iterable[int]) -> Iterator[tuple[int, Frame]]:
    frames = VideoFile(path, pace=False).frames()
    for i in sorted(wanted):
        frame = next((frame for frame in frames if frame.t >= recording.t[i] - 1e-6), None)
        if frame is not None:
            yield i, frame


def _of_mark(
    filmed: Filmed, mark: dict[str, Any], pictures: Sequence[tuple[Frame, Any]], net: FootNet, reach: float
) -> Iterator[Foot]:
    deep, size = bool(mark["bottom"]), filmed.recording.image_size
    tall = filmed.standing_px if deep else None
    looks = [look for frame, keypoints in pictures for look in net.looks(frame, keypoints, tall)]
    tips = toe_tips(looks, pictures[0][1], size, tall) if pictures else None
    if tips is None:
        tips = np.full((2, 2), np.nan, np.float32)
    stance, own = filmed.stance, constants_of(filmed.recording.model).toe_reach
    toe = rectify(tips, size, filmed.camera)
    now = from_toes(toe, stance.ankle, stance.depth, own, tilt_sd_deg=filmed.camera.tilt_sd_deg)
    before = by_reach(toe, stance.ankle, stance.depth, own)
    hand_toe, hand_ankle = (rectify(_marked(mark, what), size, filmed.camera) for what in ("toe", "ankle"))
    hand = by_reach(hand_toe, hand_ankle, stance.depth, reach)
    for i, side in enumerate(NAMES):
        if np.isfinite(hand[i]):
            degrees = (hand[i], before[i], np.degrees(now.value[i]), np.degrees(now.sd[i]))
            yield Foot(filmed.name, mark["time_s"], side, deep, *(float(x) for x in degrees))


def _marked(mark: dict[str, Any], what: str) -> F64:
    """(2, 2) (y, x) [left, right]; NaN where it was not to be seen."""
    xy = [(mark[side] or {}).get(what) or (np.nan, np.nan) for side in NAMES]
    return np.array(xy, np.float64)[:, ::-1]


def fit(hand: F64, seen: F64) -> str:
    slope, off = np.polyfit(hand, seen, 1)[0], seen - hand
    wide = hand > 25
    outer = f", over 25 degrees {np.mean(off[wide]):+.1f} of {wide.sum()}" if wide.any() else ""
    return f"slope {slope:.2f}, bias {np.mean(off):+.1f}, sd {np.std(off):.1f}{outer}"


def _report(what: str, those: Sequence[Foot]) -> None:
    known = [foot for foot in those if np.isfinite(foot.seen)]
    print(f"{what}: {len(known)} of {len(those)} feet seen.")
    if len(known) > 1:
        hand, before, now, sd = (
            np.array([getattr(foot, name) for foot in known]) for name in ("hand", "by_reach", "seen", "sd")
        )
        ratio = np.sqrt(np.mean(((now - hand) / sd) ** 2))
        print(f"  by the reach alone: {fit(hand, before)}")
        print(f"  now: {fit(hand, now)}; off by {ratio:.2f} of its sd, which is {sd.mean():.1f} (mean)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("marks", type=Path, nargs="?", default=MARKS)
    parser.add_argument("--reach", type=float, default=0.467, help="ankle to shoe tip, in shanks")
    chosen = parser.parse_args()
    if not chosen.marks.exists():
        print(f"measure_feet: {chosen.marks} is not there, so nothing is measured.")
        return 0
    found = list(feet(chosen.marks, chosen.reach))
    print("| clip | s | foot | deep | by hand | by reach | now | sd |\n|---|---|---|---|---|---|---|---|")
    for foot in found:
        degrees = " | ".join(f"{x:.0f}" for x in (foot.hand, foot.by_reach, foot.seen, foot.sd))
        print(
            f"| {foot.clip} | {foot.time_s:.1f} | {foot.side} | {'deep' if foot.deep else ''} | {degrees} |"
        )
    print(f"\nHand marks read with a reach of {chosen.reach}.")
    _report("Standing", [foot for foot in found if not foot.deep])
    _report("Deep in a squat, framed as if they stood", [foot for foot in found if foot.deep])
    return 0


if __name__ == "__main__":
    sys.exit(main())

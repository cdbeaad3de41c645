#!/usr/bin/env python3
"""The mirror's own tracker against the official network used the way it was published, on rendered clips.

As published: a square that follows the hips, sized by trunk and body; the whole picture until somebody is
seen (TensorFlow's own example for MoveNet). Ours: joints as they leave the tracker. Both see every Nth frame.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path

import numpy as np
from collect import true_height_px, true_places
from rich.progress import track

sys.path.insert(0, str(Path(__file__).parents[1]))
from measure_models import GROUPS, input_size, keypoints  # the script beside this folder

from mirror.camera.frame import Frame
from mirror.camera.video import VideoFile
from mirror.faults import PermanentFault
from mirror.pose.catalog import DEFAULT_MODEL, find
from mirror.pose.interpreter import Network
from mirror.pose.joints import HIPS, KEYPOINTS, SHOULDERS
from mirror.pose.people import PersonTracker
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Cropper, Window, pixels

SEEN = 0.2
"""Joints that score less do not size the square."""
TRUNKS, BODIES = 1.9, 1.2
"""Half the square's side: the farthest shoulder or hip from the hips' middle, and the farthest joint."""


class AsPublished:
    """The official network with its own square that follows the person."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._crop = Cropper(*input_size(network))
        self._square: Window | None = None

    def see(self, frame: Frame) -> np.ndarray:
        """(17, 3) (y, x, score), normalised to the frame."""
        square = self._square or whole(frame.size)
        found = square.to_frame(keypoints(self._network, self._crop(frame, square)), frame.size)
        self._square = following(np.asarray(found), frame.size)
        return np.asarray(found)


def whole(size: tuple[int, int]) -> Window:
    """A square round the whole picture."""
    side = max(size)
    return Window((size[0] - side) // 2, (size[1] - side) // 2, side, side)


def following(found: np.ndarray, size: tuple[int, int]) -> Window | None:
    """The square for the next frame; None for the whole picture."""
    xy, seen = pixels(found, size), found[:, 2] > SEEN
    if not (seen[HIPS].any() and seen[SHOULDERS].any()):
        return None
    middle = xy[HIPS].mean(0)
    trunk, body = (np.abs(xy[joints] - middle).max() for joints in (SHOULDERS + HIPS, seen))
    half = min(max(TRUNKS * trunk, BODIES * body), max(*middle, *(size[::-1] - middle)))
    if half > max(size) / 2:
        return None
    return Window(int(middle[1] - half), int(middle[0] - half), int(2 * half), int(2 * half))


def errors(folder: Path, official: Network, every: int) -> np.ndarray:
    """(2, 3): official and ours; mean distance of hips, knees and ankles, % of standing height."""
    with gzip.open(folder / "truth.json.gz") as stream:
        truth = json.load(stream)
    published, tracker = AsPublished(official), PersonTracker(PoseNet(find(DEFAULT_MODEL), threads=1))
    numbers: list[int] = []
    seen: list[tuple[np.ndarray, np.ndarray]] = []
    for number, frame in enumerate(VideoFile(folder / "video.mp4", pace=False).frames()):
        if number % every == 0 and number < len(truth["frames"]):
            numbers.append(number)
            pair = published.see(frame), tracker.see(frame).keypoints
            seen.append((pixels(pair[0], frame.size), pixels(pair[1], frame.size)))
    miss = np.array(seen) - true_places(truth, numbers)[:, None]
    away = 100 * np.linalg.norm(miss, axis=-1).mean(0) / true_height_px(truth)
    return np.array(
        [[np.mean([one[KEYPOINTS.index(j)] for j in js]) for js in GROUPS.values()] for one in away]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+", help="folders of rendered clips")
    parser.add_argument("--official", type=Path, required=True, help="the official int8 file")
    parser.add_argument("--every", type=int, default=3)
    chosen = parser.parse_args()
    try:
        official = Network(chosen.official, threads=1)
    except PermanentFault as fault:
        print(f"as_published: {fault}", file=sys.stderr)
        return 2
    folders = [f.parent for clips in chosen.clips for f in sorted(clips.glob("*/truth.json.gz"))]
    found = np.array([errors(folder, official, chosen.every) for folder in track(folders, "clips")])
    print(f"| clip | official {' / '.join(GROUPS)} | ours | ratio |\n|---|---|---|---|")
    for name, (theirs, ours) in [
        *zip([f.name for f in folders], found, strict=True),
        ("mean", found.mean(0)),
    ]:
        print(f"| {name} | {told(theirs)} | {told(ours)} | {told(ours / theirs)} |")
    return 0


def told(values: np.ndarray) -> str:
    return " / ".join(f"{value:.2f}" for value in values)


if __name__ == "__main__":
    sys.exit(main())

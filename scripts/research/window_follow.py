#!/usr/bin/env python3
"""A window that stays where it is through a set against windows of the same size that follow the person.

Takes rendered clips (folders) and real ones (files); the window that follows is centred on the last pose.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from collect import WARM_FRAMES, standing_window, true_height_px, true_places
from decode_variants import LEGS, jitter, lag
from rich.progress import track

from mirror.camera.video import VideoFile
from mirror.pose.catalog import DEFAULT_MODEL, find
from mirror.pose.joints import HIPS
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Window, pixels, standing_height

Follow = Callable[[Window, Window, np.ndarray], Window]


def fixed(first: Window, last: Window, xy: np.ndarray) -> Window:
    return first


def towards(share: float, *, across: bool, down: bool) -> Follow:
    """The window's middle goes that share of the way to where the hips put it; even pixels."""

    def follow(first: Window, last: Window, xy: np.ndarray) -> Window:
        hips = xy[HIPS].mean(0)
        left, top = hips[0] - first.width / 2, hips[1] - 0.52 * first.height
        left = last.left + share * (left - last.left) if across else first.left
        top = last.top + share * (top - last.top) if down else first.top
        return Window(2 * round(top / 2), 2 * round(left / 2), first.height, first.width)

    return follow


WAYS: dict[str, Follow] = {
    "fixed (in use)": fixed,
    "follows the hips, both ways": towards(1.0, across=True, down=True),
    "follows the hips down, sluggish": towards(0.2, across=False, down=True),
    "follows the hips across": towards(1.0, across=True, down=False),
}


def places(net: PoseNet, video: Path, frames: int, follow: Follow) -> tuple[np.ndarray, list[int], float]:
    """(T, 17, 2) pixels, frame numbers, standing height in pixels."""
    standing, rows, numbers = [], [], []
    first = last = None
    height = 0.0
    for number, frame in enumerate(VideoFile(video, pace=False).frames()):
        if number >= frames:
            break
        if number < WARM_FRAMES:
            standing.append(frame)
            continue
        if first is None:
            first = last = standing_window(net, standing[::3])
            height = standing_height(net.look(standing[-1], first), frame.size)
        xy = pixels(net.look(frame, last), frame.size)
        rows.append(xy)
        numbers.append(number)
        last = follow(first, last, xy)
    return np.array(rows), numbers, height


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--frames", type=int, default=150)
    chosen = parser.parse_args()
    net = PoseNet(find(DEFAULT_MODEL), threads=1)
    columns = ("hip", "knee", "ankle", "jitter rendered", "jitter real", "lag")
    tally: dict[str, dict[str, list[float]]] = {name: {c: [] for c in columns} for name in WAYS}
    for clip in track(chosen.clips, "clips"):
        known = None
        if clip.is_dir():
            with gzip.open(clip / "truth.json.gz") as stream:
                known = json.load(stream)
        for name, follow in WAYS.items():
            video = clip / "video.mp4" if known else clip
            xy, numbers, height = places(net, video, chosen.frames, follow)
            height = true_height_px(known) if known else height
            seen, found = xy[:, LEGS] * 100 / height, tally[name]
            found["jitter rendered" if known else "jitter real"].append(jitter(seen[:, 2:, 0]))
            if known:
                true = true_places(known, numbers)[:, LEGS] * 100 / height
                miss = np.linalg.norm(seen - true, axis=-1)
                for i, joint in enumerate(columns[:3]):
                    found[joint].append(float(miss[:, 2 * i : 2 * i + 2].mean()))
                found["lag"].append(lag(seen[:, 2:4, 1], true[:, 2:4, 1]))
    print(f"| window | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name, found in tally.items():
        print(f"| {name} | {' | '.join(f'{np.mean(found[c]):.3f}' if found[c] else '-' for c in columns)} |")


if __name__ == "__main__":
    main()

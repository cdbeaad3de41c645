#!/usr/bin/env python3
"""Run pose models over rendered clips and keep keypoints beside truth, for `fit_correction.py` to work on.

One window per clip, fitted as the mirror fits it to somebody standing; every Nth frame. Finished files are
skipped, so that more models or clips can be added later.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import replace
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from mirror.camera.video import VideoFile
from mirror.pose.catalog import ModelEntry, find
from mirror.pose.joints import KEYPOINTS
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Window, fit, search_windows, standing_height, window_at
from model_build import rendered_clip

WARM_FRAMES = 12
"""Frames of standing in which the window is found."""


def standing_window(net: PoseNet, frames: list[Any]) -> Window:
    """The window the mirror would settle on while these frames last."""
    found = search_windows(frames[0].size, net.aspect)
    best = max((net.look(frames[0], window) for window in found), key=lambda k: float(k[5:, 2].mean()))
    window = fit(best, frames[0].size, net.aspect)
    for frame in frames[1:]:
        window = fit(net.look(frame, window), frame.size, net.aspect)
    return window


def true_places(truth: dict[str, Any], numbers: list[int]) -> np.ndarray:
    """(T, 17, 2) pixels (x, y) of the frames of these numbers."""
    rows = [truth["joints"].index(name) for name in KEYPOINTS]
    return np.array([[truth["frames"][n]["j2"][row] for row in rows] for n in numbers])


def true_height_px(truth: dict[str, Any]) -> float:
    """Stature in pixels at the ankles' distance in the first frame; told by nose and ankles if not given."""
    camera, first = truth["camera"], truth["frames"][0]["j3"]
    view = np.array(camera["view"])
    ankles = np.mean([first[truth["joints"].index(f"{side}_ankle")] for side in ("left", "right")], axis=0)
    seen = (first[truth["joints"].index("nose")][1] - ankles[1]) / rendered_clip.NOSE_TO_ANKLE
    stature = truth.get("stature_m", seen)
    return float(stature * camera["f_px"] / -(view[2, :3] @ ankles + view[2, 3]))


def collect(net: PoseNet, video: Path, truth_file: Path, every: int, size: float = 1.0) -> dict[str, Any]:
    """size: of the window, in windows as the mirror would fit them.

    keypoints (T, 17, 3) (x, y in pixels, score), truth (T, 17, 2), heights in pixels, progress, shape."""
    with gzip.open(truth_file) as stream:
        truth = json.load(stream)
    standing: list[Any] = []
    kept: dict[int, np.ndarray] = {}
    window: Window | None = None
    height = 0.0
    for number, frame in enumerate(VideoFile(video, pace=False).frames()):
        if number < WARM_FRAMES:
            standing.append(frame)
            continue
        if window is None:
            window = standing_window(net, standing[::3])
            height = standing_height(net.look(standing[-1], window), frame.size)
            window = window_at(*window.centre, size * window.height, net.aspect)
        if number % every == 0 and number < len(truth["frames"]):
            look = net.look(frame, window)
            kept[number] = np.column_stack(
                [look[:, 1] * frame.size[1], look[:, 0] * frame.size[0], look[:, 2]]
            )
    numbers = list(kept)
    return {
        "keypoints": np.array(list(kept.values()), np.float32),
        "truth": true_places(truth, numbers),
        "height": height,
        "true_height": true_height_px(truth),
        "progress": np.array([truth["frames"][n]["q"] for n in numbers]),
        "shape": truth["spec"]["shape"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="*", help="folders of rendered clips; none: the bundled")
    parser.add_argument("--model", action="append", required=True)
    parser.add_argument("--file", type=Path, help="another file for the first model (built on request)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--size", type=float, action="append", help="of the window; several: all in turn")
    chosen = parser.parse_args()
    found = [
        (truth.parent.name, truth.parent / "video.mp4", truth)
        for clips in chosen.clips
        for truth in sorted(clips.glob("*/truth.json.gz"))
    ] or [("bundled", rendered_clip.CLIP, rendered_clip.TRUTH)]
    for name in chosen.model:
        net = PoseNet(entry_of(name, chosen.file), threads=1)
        (chosen.out / name).mkdir(parents=True, exist_ok=True)
        for (clip, video, truth), size in track(list(product(found, chosen.size or [1.0])), name):
            path = chosen.out / name / f"{clip}{'' if size == 1 else f'-{size:g}'}.npz"
            if not path.exists():
                np.savez(path, **collect(net, video, truth, chosen.every, size))


def entry_of(name: str, file: Path | None) -> ModelEntry:
    """The model of that name, or another file in its place."""
    entry = find(name)
    if file is None:
        return entry
    return replace(entry, path=file, sha256=sha256(file.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()

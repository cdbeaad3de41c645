"""Measures trained heads on clips: rendered ones against their truth, real ones by how much frames agree.

`python -m scripts.research.foot_student.measure wide.tflite CLIPS... --features head.pt --pixels head.pt`,
in the training
environment. A clip is a folder with video.mp4 and truth.json.gz, or a video; somebody stands in its first
second.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from mirror.camera.frame import Frame
from mirror.camera.video import VideoFile
from mirror.pose.catalog import DEFAULT_MODEL, find
from mirror.pose.interpreter import Network
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Cropper, Window, fit, search_windows, standing_height
from scripts.research.foot_student.data import DOWN, FOOT_HEIGHTS, FOOT_SIDE_PX
from scripts.research.foot_student.features import patch
from scripts.research.foot_student.train import FeatureHead, PixelHead

FIRST, LAST, EVERY = 8, 38, 4
SIDES = ("left", "right")


def loaded(path: Path) -> torch.nn.Module:
    kept = torch.load(path, weights_only=True)
    net = FeatureHead(kept["channels"]) if kept["kind"] == "features" else PixelHead()
    net.load_state_dict(kept["state"])
    return net.eval()


class Looker:
    """Foot directions from the ray, radians, of one standing person in one frame."""

    def __init__(self, wide: Path, features: Path | None, pixels: Path | None) -> None:
        self.wide, self.pose = Network(wide, threads=1), PoseNet(find(DEFAULT_MODEL), threads=1)
        self.crop = Cropper(256, 128)
        self.heads = {n: loaded(p) for n, p in (("features", features), ("pixels", pixels)) if p}

    def window(self, frame: Frame) -> Window:
        looks = [self.pose.look(frame, w) for w in search_windows(frame.size, 0.5)]
        best = max(looks, key=lambda k: float(k[5:, 2].mean()))
        window = fit(best, frame.size, 0.5)
        return fit(self.pose.look(frame, window), frame.size, 0.5)

    def look(self, frame: Frame, window: Window) -> dict[str, np.ndarray]:
        """By head: (2, 2) [left, right] of the azimuth and its log sd. "ankles" (2, 2): (x, y) pixels."""
        picture = self.crop(frame, window).copy()
        found: dict[str, np.ndarray] = {name: np.zeros((2, 8)) for name in self.heads}
        keypoints = self.pose.look(frame, window)
        ankles = keypoints[[15, 16]][:, [1, 0]] * [frame.size[1], frame.size[0]]
        for leg in (0, 1):
            if "features" in self.heads:
                seen = np.ascontiguousarray(picture[:, ::-1]) if leg else picture
                maps = self.wide.run(seen)
                at = (ankles[leg] - [window.left, window.top]) / [window.width, window.height] * [32, 64]
                at[0] = 32 - at[0] if leg else at[0]
                block = patch(list(maps[4:]), float(at[0]), float(at[1]))[0].astype(np.float32)
                found["features"][leg] = self._told("features", block)
            if "pixels" in self.heads:
                found["pixels"][leg] = self._told("pixels", self._close(frame, ankles[leg], keypoints, leg))
        return found | {"ankles": ankles}

    def _told(self, head: str, seen: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return np.asarray(self.heads[head](torch.from_numpy(seen[None]).permute(0, 3, 1, 2))[0])

    def _close(self, frame: Frame, ankle: np.ndarray, keypoints: np.ndarray, leg: int) -> np.ndarray:
        height = standing_height(keypoints, frame.size)
        scale = FOOT_SIDE_PX / (FOOT_HEIGHTS * height)
        middle = ankle + np.array([0, DOWN * height])
        matrix = np.hstack([np.eye(2) * scale, (FOOT_SIDE_PX / 2 - middle * scale)[:, None]])
        small = cv2.warpAffine(
            cv2.GaussianBlur(frame.pixels, (0, 0), max(0.35 / scale, 0.3)),
            matrix, (FOOT_SIDE_PX,) * 2, borderMode=cv2.BORDER_REPLICATE,
        )[..., ::-1]  # fmt: skip
        seen = small[:, ::-1] if leg else small
        return np.ascontiguousarray(seen, np.float32) / 255


def frames_of(video: Path) -> Iterator[Frame]:
    for number, frame in enumerate(VideoFile(video, pace=False).frames()):
        if number > LAST:
            return
        if number >= FIRST and (number - FIRST) % EVERY == 0:
            yield frame


def measured(looker: Looker, video: Path, focal_px: float) -> dict[str, np.ndarray]:
    """By head: (frames, 2) azimuth in the camera frame, degrees, + outward."""
    window, rows = None, {}
    for frame in frames_of(video):
        window = window or looker.window(frame)
        found = looker.look(frame, window)
        ray = np.arctan((found["ankles"][:, 0] - frame.size[1] / 2) / focal_px) * [1, -1]
        for name in looker.heads:
            rows.setdefault(name, []).append(np.degrees(found[name][:, 0] - ray))
    if len(looker.heads) == 2:
        rows["both"] = list(np.mean([rows["features"], rows["pixels"]], axis=0))
    return {name: np.array(values) for name, values in rows.items()}


def usual_focal_px(video: Path) -> float:
    """Of a camera nobody described: 58 degrees across its longer side."""
    return 0.9 * max(next(iter(VideoFile(video, pace=False).frames())).size)


def truth_of(folder: Path) -> tuple[np.ndarray, dict[str, Any]]:
    """(2,) degrees, ankle to root of the 2nd toe in the first frame, and the camera."""
    with gzip.open(folder / "truth.json.gz") as stream:
        known = json.load(stream)
    first = dict(zip(known["joints"], known["frames"][0]["j3"], strict=True))
    out = []
    for side, way in zip(SIDES, (1, -1), strict=True):
        right, _, ahead = np.subtract(first[f"{side}_toe2_mtp"], first[f"{side}_ankle"])
        out.append(math.degrees(math.atan2(way * right, ahead)))
    return np.array(out), known["camera"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wide", type=Path)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--features", type=Path)
    parser.add_argument("--pixels", type=Path)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    looker = Looker(chosen.wide, chosen.features, chosen.pixels)
    errors: dict[str, list[float]] = {}
    spread: dict[str, list[float]] = {}
    for clip in chosen.clips:
        true, camera = truth_of(clip) if clip.is_dir() else (None, {"f_px": None})
        video = clip / "video.mp4" if clip.is_dir() else clip
        focal = camera["f_px"] or usual_focal_px(video)
        line = [f"{clip.stem:28}"]
        for name, found in measured(looker, video, focal).items():
            mean = np.median(found, axis=0)
            spread.setdefault(name, []).extend(found.std(0))
            if true is not None:
                errors.setdefault(name, []).extend(mean - true)
                mean = mean - true
            line.append(f"{name} {mean[0]:+6.1f} {mean[1]:+6.1f} (sd {found.std(0).mean():.1f})")
        print(" | ".join(line), flush=True)
    for name, values in spread.items():
        off = np.array(errors.get(name, [np.nan]))
        print(
            f"{name}: median {np.median(np.abs(off)):.2f}, p95 {np.percentile(np.abs(off), 95):.2f}, "
            f"mean {off.mean():+.2f}, rms {np.sqrt((off**2).mean()):.2f}, n {len(off)}; "
            f"sd over frames {np.mean(values):.2f}"
        )


if __name__ == "__main__":
    main()

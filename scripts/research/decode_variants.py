#!/usr/bin/env python3
"""How the heads are read: error, crossed legs, jitter and lag of several ways, on rendered and on real clips.

A rendered clip is a folder with video.mp4 and truth.json.gz, a real one a video file (jitter alone). One
window per clip, as the mirror fits it.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from collect import WARM_FRAMES, entry_of, standing_window, true_height_px, true_places
from rich.progress import track

from mirror.camera.video import VideoFile
from mirror.pose.catalog import DEFAULT_MODEL
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Cropper, standing_height

LEGS = [11, 12, 13, 14, 15, 16]
FLOOR = 1.8  # cells added to a distance before it divides the heat
Heads = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
Decode = Callable[[Heads, np.ndarray | None], np.ndarray]


def peaks(heads: Heads, last: np.ndarray | None, prior: float, near: float, across: float) -> np.ndarray:
    """(17, 2) cells (y, x) of the weighted peaks.

    In cells, 0 for none: prior, the sd of a bell round the last pose; near, of one round the regressed place
    instead of the network's own 1 / (distance + 1.8); across, of one across the picture on top of that.
    """
    heat, centre, regression, _ = heads
    h, w, _ = heat.shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    middle = centre[..., 0] / (np.hypot(y - h / 2, x - w / 2) + FLOOR)
    cy, cx = divmod(int(middle.argmax()), w)
    place = regression[cy, cx].reshape(17, 2) + np.array([cy, cx])
    out = np.zeros((17, 2), int)
    for joint, (py, px) in enumerate(place):
        apart = np.hypot(y - round(py), x - round(px))
        weight = heat[..., joint] * (np.exp(-((apart / near) ** 2) / 2) if near else 1 / (apart + FLOOR))
        if across:
            weight = weight * np.exp(-(((x - round(px)) / across) ** 2) / 2)
        if prior and last is not None:
            ly, lx = last[joint] * [h, w]
            weight = weight * np.exp(-((y - ly) ** 2 + (x - lx) ** 2) / (2 * prior**2))
        out[joint] = divmod(int(weight.argmax()), w)
    return out


def refined(heads: Heads, at: np.ndarray, reach: int, power: float) -> np.ndarray:
    """(17, 2) normalised: mean of (cell + offset) over the cells round the peaks, weighted by heat^power."""
    heat, _, _, offset = heads
    h, w, _ = heat.shape
    out = np.zeros((17, 2))
    for joint, (py, px) in enumerate(at):
        ys = np.arange(max(py - reach, 0), min(py + reach + 1, h))
        xs = np.arange(max(px - reach, 0), min(px + reach + 1, w))
        yy, xx = np.meshgrid(ys, xs, indexing="ij")
        weight = heat[yy, xx, joint] ** power
        sub = offset.reshape(h, w, 17, 2)[yy, xx, joint]
        out[joint] = [(weight * (yy + sub[..., 0])).sum(), (weight * (xx + sub[..., 1])).sum()] / weight.sum()
    return out / [h, w]


def way(reach: int, power: float = 2.0, prior: float = 0.0, near: float = 0.0, across: float = 0.0) -> Decode:
    return lambda heads, last: refined(heads, peaks(heads, last, prior, near, across), reach, power)


def regressed(heads: Heads, last: np.ndarray | None) -> np.ndarray:
    """The pose the person's centre cell alone tells."""
    _, centre, regression, _ = heads
    h, w, _ = centre.shape
    y, x = np.mgrid[0:h, 0:w]
    cy, cx = divmod(int((centre[..., 0] / (np.hypot(y - h / 2, x - w / 2) + FLOOR)).argmax()), w)
    return (regression[cy, cx].reshape(17, 2) + np.array([cy, cx])) / [h, w]


def smoothed(decode: Decode, share: float) -> Decode:
    """Every place mixed with the last one: what any lag looks like."""

    def mixed(heads: Heads, last: np.ndarray | None) -> np.ndarray:
        now = decode(heads, last)
        return now if last is None else share * now + (1 - share) * last

    return mixed


WAYS: dict[str, Decode] = {
    "peak cell and its offset": way(0),
    "3x3, heat": way(1, 1.0),
    "3x3, heat squared (in use)": way(1),
    "3x3, heat to the fourth": way(1, 4.0),
    "5x5, heat squared": way(2),
    "5x5, heat to the fourth": way(2, 4.0),
    "centre's regression alone": regressed,
    "in use, bell of 4 cells across": way(1, across=4.0),
    "in use, bell of 3 cells across": way(1, across=3.0),
    "in use, bell of 6 cells round the regressed place": way(1, near=6.0),
    "in use, bell of 4 cells round the regressed place": way(1, near=4.0),
    "in use, bell of 3 cells round the regressed place": way(1, near=3.0),
    "in use, bell of 2 cells round the regressed place": way(1, near=2.0),
    "in use, last pose's bell of 6 cells": way(1, 2.0, 6.0),
    "in use, last pose's bell of 3 cells": way(1, 2.0, 3.0),
    "in use, half of the last pose": smoothed(way(1), 0.5),
}


def heads_of(net: PoseNet, video: Path, frames: int) -> Iterator[tuple[int, Heads, float]]:
    """(number, heads, pixels of height per window height) of the frames after the window was found."""
    crop, window, standing = Cropper(256, 128), None, []
    for number, frame in enumerate(VideoFile(video, pace=False).frames()):
        if number >= frames:
            return
        if number < WARM_FRAMES:
            standing.append(frame)
            continue
        if window is None:
            window = standing_window(net, standing[::3])
            height = standing_height(net.look(standing[-1], window), frame.size)
        maps = net.network.run(crop(frame, window))
        yield number, (maps[0], maps[1], maps[2], maps[3]), (window, height)


def jitter(x: np.ndarray) -> float:
    """Sd of white noise along x (T, joints) that would have these second differences."""
    return float(np.sqrt((np.diff(x, 2, axis=0) ** 2).mean() / 6))


def lag(seen: np.ndarray, true: np.ndarray) -> float:
    """Frames that seen (T, joints) is behind true, by how its error follows the speed."""
    speed = np.gradient(true, axis=0)
    off = (seen - true) - (seen - true).mean(0)
    return float(-(off * speed).sum() / (speed**2).sum())


def study(net: PoseNet, clip: Path, frames: int, tally: dict[str, dict[str, list[float]]]) -> None:
    video = clip / "video.mp4" if clip.is_dir() else clip
    kept = list(heads_of(net, video, frames))
    window, height = kept[0][2]
    box = np.array([window.width, window.height])
    truth = None
    if clip.is_dir():
        with gzip.open(clip / "truth.json.gz") as stream:
            known = json.load(stream)
        truth, height = true_places(known, [n for n, _, _ in kept])[:, LEGS], true_height_px(known)
    for name, decode in WAYS.items():
        last, rows = None, []
        for _, heads, _ in kept:
            last = decode(heads, last)
            rows.append(last[LEGS][:, ::-1] * box + [window.left, window.top])
        seen = np.array(rows) * 100 / height
        found = tally.setdefault(name, {})
        found.setdefault("jitter real" if truth is None else "jitter rendered", []).append(
            jitter(seen[:, 2:, 0])
        )
        if truth is not None:
            true = truth * 100 / height
            miss = np.linalg.norm(seen - true, axis=-1)
            swapped = np.linalg.norm(seen - true[:, [1, 0, 3, 2, 5, 4]], axis=-1)
            found.setdefault("error", []).append(float(np.median(miss)))
            found.setdefault("crossed", []).append(100 * float((swapped < miss)[:, 2:].any(1).mean()))
            sound = ~(miss > 6).any(1)
            if sound.sum() > 10:
                found.setdefault("lag", []).append(lag(seen[sound][:, 2:4, 1], true[sound][:, 2:4, 1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--file", type=Path, help="another file with the default's heads")
    parser.add_argument("--only", action="append", help="the beginning of a way's name; may be repeated")
    chosen = parser.parse_args()
    net = PoseNet(entry_of(DEFAULT_MODEL, chosen.file), threads=1)
    for name in [name for name in WAYS if chosen.only and not name.startswith(tuple(chosen.only))]:
        del WAYS[name]
    tally: dict[str, dict[str, list[float]]] = {}
    for clip in track(chosen.clips, "clips"):
        study(net, clip, chosen.frames, tally)
    columns = ("error", "crossed", "jitter rendered", "jitter real", "lag")
    print(f"| way | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name, found in tally.items():
        print(
            f"| {name} | {' | '.join(f'{np.mean(found[c]):.3f}' if c in found else '-' for c in columns)} |"
        )


if __name__ == "__main__":
    main()

"""What MoveNet sees in the stills: keypoints for the correction, and a patch of features round each foot.

`PYTHONPATH=. python scripts/research/foot_student/features.py STILLS wide.tflite FOLDER`, in the mirror's
environment.
Every still is looked at through random windows, half of them mirrored, and only the foot that then is a left
one is kept. Finished people are skipped.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from mirror.pose.interpreter import Network
from mirror.pose.joints import KEYPOINTS
from mirror.pose.movenet import decode

PATCH = 12
"""Cells: 0.22 standing heights at the network's grid of a quarter of 256 pixels and 1.15 heights."""
STILL_HEIGHTS = 1.36
LEFT_FOOT = ("left_ankle", "left_toe2_tip", "left_heel")
MIRRORED = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]


def window(rng: np.random.Generator, picture: np.ndarray, aspect: float) -> np.ndarray:
    """(left, top, width, height) in a still's pixels: as the mirror might fit it."""
    height = picture.shape[0] * rng.uniform(1.10, 1.25) / STILL_HEIGHTS
    width = height * aspect
    sole = picture.shape[0] * (
        0.5 + 0.495 / STILL_HEIGHTS
    )  # the still's middle is 0.45 heights over the ankle
    middle = picture.shape[1] / 2 + rng.normal(0, 0.02) * height
    top = sole + (0.045 + rng.normal(0, 0.02)) * height - height
    return np.array([middle - width / 2, top, width, height])


def cut(picture: np.ndarray, place: np.ndarray, size: tuple[int, int], *, mirrored: bool) -> np.ndarray:
    """The window (h, w, 3) at the network's size; outside the still its edge goes on."""
    left, top, width, height = place
    scale = np.array(
        [[size[1] / width, 0, -left * size[1] / width], [0, size[0] / height, -top * size[0] / height]]
    )
    seen = cv2.warpAffine(picture, scale, size[::-1], flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(seen[:, ::-1]) if mirrored else seen


def patch(maps: list[np.ndarray], x: float, y: float) -> tuple[np.ndarray, tuple[int, int]]:
    """(PATCH, PATCH, C) of maps round a place in cells, and the (left, top) cell; zeros outside."""
    left, top = round(x) - PATCH // 2, round(y) - PATCH // 2 + 2  # toes are lower than ankles
    padded = np.zeros((PATCH, PATCH, sum(m.shape[2] for m in maps)), np.float16)
    h, w = maps[0].shape[:2]
    y0, y1, x0, x1 = max(top, 0), min(top + PATCH, h), max(left, 0), min(left + PATCH, w)
    if y1 > y0 and x1 > x0:
        found = np.concatenate([m[y0:y1, x0:x1] for m in maps], axis=2)
        padded[y0 - top : y1 - top, x0 - left : x1 - left] = found
    return padded, (left, top)


def azimuth_from_ray(joints: dict[str, np.ndarray], side: str, view: np.ndarray) -> float:
    """Radians, + outward: the foot (ankle to root of the 2nd toe) against the level line ankle -> camera."""
    eye = -view[:3, :3].T @ view[:3, 3]
    foot = joints[f"{side}_toe2_mtp"] - joints[f"{side}_ankle"]
    ray = eye - joints[f"{side}_ankle"]
    turned = np.arctan2(foot[0], foot[2]) - np.arctan2(ray[0], ray[2])
    turned = (turned + np.pi) % (2 * np.pi) - np.pi
    return float(turned if side == "left" else -turned)


def looks(network: Network, stills: dict[str, Any], number: int, rng: np.random.Generator) -> dict[str, Any]:
    """One random look at one still: its keypoints, the left foot's patch and the truth about both."""
    height, width, _ = network.inputs[0].shape
    picture = stills["body"][number]
    place = window(rng, picture, width / height)
    mirrored = bool(rng.random() < 0.5)
    maps = network.run(cut(picture, place, (height, width), mirrored=mirrored))
    seen = decode(*maps[:4])[:, [1, 0, 2]]
    names = [str(n) for n in stills["names"]]
    true = (stills["body_px"][number] - place[:2]) / place[2:]
    if mirrored:
        true[:, 0] = 1 - true[:, 0]
        names = [_other(n) for n in names]
    at = {name: true[i] for i, name in enumerate(names)}
    found = {
        "keypoints": seen,
        "truth": np.array([at[n] for n in KEYPOINTS]),
        "window": place,
        "height": stills["body"].shape[1] / STILL_HEIGHTS / place[3],  # stature in window heights
        "bend": stills["bend"][number],
        "still": number,
        "mirrored": mirrored,
    }
    if len(maps) > 4:
        cells = np.array([width / 4, height / 4])
        found["patch"], corner = patch(list(maps[4:]), *(seen[15, :2] * cells))
        found["foot"] = np.array([at[n] * cells for n in LEFT_FOOT]) - corner
        joints = dict(zip(map(str, stills["names"]), stills["joints"][number], strict=True))
        side = "right" if mirrored else "left"
        found["azimuth"] = azimuth_from_ray(joints, side, stills["view"][number])
        found["cells_a_height"] = found["height"] * height / 4
    return found


def _other(name: str) -> str:
    swap = {"left": "right", "right": "left"}
    side, _, rest = name.partition("_")
    return f"{swap[side]}_{rest}" if side in swap else name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stills", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--looks", type=int, default=4, help="at each still")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    network = Network(chosen.model, threads=1)
    for path in track(sorted(chosen.stills.glob("[0-9][0-9][0-9][0-9].npz")), "people"):
        if (chosen.out / path.name).exists():
            continue
        with np.load(path) as stored:
            stills = {name: stored[name] for name in stored.files if name != "feet"}
        rng = np.random.default_rng([7, int(path.stem)])
        rows = [
            looks(network, stills, n, rng) for n in range(len(stills["body"])) for _ in range(chosen.looks)
        ]
        kept = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        np.savez(chosen.out / path.name, shape=stills["shape"], **kept)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Measure the networks in models/: keypoint error against exact truth, and time against other files.

Runs in the mirror's own environment (no TensorFlow). The accuracy comes from the bundled rendered clip,
seen through one fixed window; times are ratios, taken in turns inside one process, because absolute
times belong to a machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from model_build import rendered_clip
from model_build.rendered_clip import Pixels, Points

from mirror.faults import PermanentFault
from mirror.pose import catalog
from mirror.pose.interpreter import Network
from mirror.pose.movenet import decode
from mirror.pose.pose import KEYPOINTS

WINDOW = 1.15  # standing heights
GROUPS = {
    "hip": ("left_hip", "right_hip"),
    "knee": ("left_knee", "right_knee"),
    "ankle": ("left_ankle", "right_ankle"),
}
MOVENET_OUTPUTS = (1, 4)  # a decoding network, or the four heads; BlazePose has two
INVOKES_A_ROUND = 5


@dataclass(frozen=True)
class Accuracy:
    """Keypoint error on the rendered clip, in % of the person's standing height.

    error: mean distance to the true joint, per joint group (left and right together).
    low: mean of its signed vertical part, + below the truth.
    scatter: standard deviation along x of the knees' and ankles' error, each joint about its own mean:
        what changes from frame to frame, without what is a constant of network and person.
    """

    error: dict[str, float]
    low: dict[str, float]
    scatter: float


def input_size(network: Network) -> tuple[int, int]:
    """Height and width of the network's picture."""
    height, width, _ = network.inputs[0].shape
    return height, width


def keypoints(network: Network, picture: Pixels) -> Points:
    """(17, 3) of (y, x, score) normalised to `picture`, from four heads or from a decoding network."""
    outputs = network.run(picture.astype(network.inputs[0].dtype, copy=False))
    if len(outputs) == 1:
        return np.asarray(outputs[0].reshape(len(KEYPOINTS), 3), np.float64)
    heat, centre, regression, offset = outputs
    return np.asarray(decode(heat, centre, regression, offset), np.float64)


def keypoints_on_clip(network: Network, factor: float = WINDOW, every: int = 1) -> Points:
    """(frames, 17, 2) of (y, x) in pixels of the rendered clip, each `every`th frame of it."""
    size = input_size(network)
    window = rendered_clip.standing_window(rendered_clip.read_truth(), size, factor)
    return np.array(
        [
            window.place(keypoints(network, window.look(picture, size))[:, :2])
            for number, picture in enumerate(rendered_clip.read_pictures())
            if number % every == 0
        ]
    )


def accuracy(places: Points, every: int = 1) -> Accuracy:
    """How far `keypoints_on_clip` lies from the true joints."""
    truth = rendered_clip.read_truth()
    miss = {
        joint: 100 * (places[:, KEYPOINTS.index(joint)] - truth.of(joint)[::every]) / truth.height
        for group in GROUPS.values()
        for joint in group
    }
    return Accuracy(
        error={g: float(np.mean([np.hypot(*miss[j].T) for j in js])) for g, js in GROUPS.items()},
        low={g: float(np.mean([miss[j][:, 0] for j in js])) for g, js in GROUPS.items()},
        scatter=float(np.sqrt(np.mean([miss[j][:, 1].var() for j in GROUPS["knee"] + GROUPS["ankle"]]))),
    )


def time_ratios(networks: dict[str, Network], rounds: int) -> dict[str, float]:
    """Each network's time over that of the first, medians over rounds in which all take turns."""
    pictures = {
        name: np.zeros(network.inputs[0].shape, network.inputs[0].dtype) for name, network in networks.items()
    }
    first = next(iter(networks))
    ratios: dict[str, list[float]] = {name: [] for name in networks}
    for _ in range(rounds):
        took = {name: _fastest(network, pictures[name]) for name, network in networks.items()}
        for name, seconds in took.items():
            ratios[name].append(seconds / took[first])
    return {name: statistics.median(found) for name, found in ratios.items()}


def _fastest(network: Network, picture: Pixels) -> float:
    times = []
    for _ in range(INVOKES_A_ROUND):
        begin = time.perf_counter()
        network.run(picture)
        times.append(time.perf_counter() - begin)
    return min(times)


def card_lines(found: Accuracy) -> str:
    """The measured part of a [card] of models.toml."""
    lines = [f"{group} = {value:.2f}" for group, value in found.error.items()]
    lines += [f"{group}_low = {value:.2f}" for group, value in found.low.items()]
    return "\n".join([*lines, f"scatter = {found.scatter:.2f}"])


def _chosen_files(names: list[str], against: list[Path]) -> dict[str, Path]:
    listed = catalog.entries()
    shipped = [catalog.find(name) for name in names] if names else list(listed.values())
    files = {entry.name: catalog.checked_file(entry) for entry in shipped}
    return {**{str(path): path for path in against}, **files}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of models.toml; all of them if left out")
    parser.add_argument(
        "--against",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="another TensorFlow Lite file; the first one is what times are relative to",
    )
    parser.add_argument("--rounds", type=int, default=40, help="for the times; 0 leaves them out")
    chosen = parser.parse_args()
    try:
        files = _chosen_files(chosen.names, chosen.against)
        networks = {name: Network(path, threads=1) for name, path in files.items()}
    except PermanentFault as fault:
        print(f"measure_models: {fault}", file=sys.stderr)
        return 2
    for name, network in networks.items():
        if len(network.outputs) in MOVENET_OUTPUTS:
            print(f"\n{name}\n{card_lines(accuracy(keypoints_on_clip(network)))}")
    if chosen.rounds:
        print(f"\nsingle-thread time relative to the first, {next(iter(networks.values())).runtime}")
        for name, ratio in time_ratios(networks, chosen.rounds).items():
            print(f"{ratio:5.2f}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

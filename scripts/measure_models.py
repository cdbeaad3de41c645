#!/usr/bin/env python3
"""Measure the networks in models/: keypoint error against exact truth, and time against other files.

Runs in the mirror's own environment (no TensorFlow). The accuracy comes from the bundled rendered clip,
seen through one fixed window, the jitter from filmed squats where a folder of them is given; times are
ratios, taken in turns inside one process, because absolute times belong to a machine.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tomlkit
from model_build import rendered_clip
from model_build.rendered_clip import Pixels, Points

from mirror.camera.video import VideoFile
from mirror.faults import PermanentFault
from mirror.pose import catalog
from mirror.pose.correction import correction_of
from mirror.pose.interpreter import Network
from mirror.pose.joints import KEYPOINTS
from mirror.pose.movenet import decode
from mirror.pose.people import PersonTracker
from mirror.pose.pose import Presence
from mirror.pose.pose_net import PoseNet
from mirror.pose.window import Cropper, window_at

WINDOW = 1.15  # standing heights
GROUPS = {
    "hip": ("left_hip", "right_hip"),
    "knee": ("left_knee", "right_knee"),
    "ankle": ("left_ankle", "right_ankle"),
}
FILMED = (".mp4", ".mov")
MOST_FILMED = 300
"""Frames of each filmed clip: ten seconds."""
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
    window = rendered_clip.standing_window(rendered_clip.read_truth(), input_size(network), factor)
    return _keypoints_through(window, network, every)


def keypoints_on_picture(network: Network, every: int = 1) -> Points:
    """The same through a square round the whole picture, as most programs use a network."""
    height, width = next(rendered_clip.read_pictures()).shape[:2]
    side = max(height, width)
    window = rendered_clip.Window((height - side) // 2, (width - side) // 2, side, side)
    return _keypoints_through(window, network, every)


def _keypoints_through(window: rendered_clip.Window, network: Network, every: int) -> Points:
    size = input_size(network)
    return np.array(
        [
            window.place(keypoints(network, window.look(picture, size))[:, :2])
            for number, picture in enumerate(rendered_clip.read_pictures())
            if number % every == 0
        ]
    )


def put_right(places: Points, name: str) -> Points:
    """`keypoints_on_clip` as they leave the tracker: without the bias of the model of that name.

    As they are for a file that models.toml does not list.
    """
    entry = catalog.entries().get(name)
    correction = None if entry is None else correction_of(entry)
    if correction is None:
        return places
    points = np.ascontiguousarray(places[..., ::-1], np.float32)
    return np.asarray(correction(points, rendered_clip.read_truth().height)[..., ::-1], np.float64)


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


def jitter(networks: dict[str, Network], clips: list[Path]) -> dict[str, dict[str, float]]:
    """Per network and clip, how much the knees tremble across the picture, in % of standing height.

    The standard deviation of the noise in both knees' x, told by third differences from frame to frame:
    movement is too smooth to be in them. Every network looks through the same windows, placed by the default
    one; a square network through a square of the same height.
    """
    found: dict[str, dict[str, float]] = {name: {} for name in networks}
    for clip in clips:
        places, height = _knees_on(networks, clip)
        for name, x in places.items():
            third = np.diff(x, n=3, axis=0)
            found[name][clip.name] = float(100 * np.sqrt(np.mean(third**2) / 20) / height)
    return found


def _knees_on(networks: dict[str, Network], clip: Path) -> tuple[dict[str, Points], float]:
    """Per network the (frames, 2) x of both knees in pixels while somebody is seen; their standing height."""
    tracker = PersonTracker(PoseNet(catalog.find(catalog.DEFAULT_MODEL)))
    crops = {name: Cropper(*input_size(network)) for name, network in networks.items()}
    seen: dict[str, list[Points]] = {name: [] for name in networks}
    heights: list[float] = []
    source = VideoFile(clip, pace=False)
    try:
        for frame in itertools.islice(source.frames(), MOST_FILMED):
            tracked = tracker.see(frame)
            window = tracker.window
            if tracked.seen is not Presence.FOUND or window is None:
                continue
            heights.append(window.height / WINDOW)
            for name, network in networks.items():
                high, wide = input_size(network)
                mine = window_at(*window.centre, window.height, wide / high)
                found = keypoints(network, crops[name](frame, mine))
                knees = [KEYPOINTS.index(joint) for joint in GROUPS["knee"]]
                seen[name].append(mine.left + found[knees, 1] * mine.width)
    finally:
        source.close()
    return {name: np.array(x) for name, x in seen.items()}, float(np.median(heights))


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
        network.lend(picture)
        times.append(time.perf_counter() - begin)
    return min(times)


def measured_cards(
    networks: dict[str, Network], filmed: Path | None, rounds: int, *, official: bool
) -> dict[str, dict[str, float]]:
    """What can be measured of each network now, by the names a card has for it.

    official: the first network is the official file, and times are told as ratios to it.
    """
    poses = {name: one for name, one in networks.items() if len(one.outputs) in MOVENET_OUTPUTS}
    cards: dict[str, dict[str, float]] = {name: {} for name in networks}
    for name, network in poses.items():
        places = keypoints_on_clip(network)
        for prefix, found in (("", accuracy(places)), ("told_", accuracy(put_right(places, name)))):
            cards[name] |= {f"{prefix}{group}": value for group, value in found.error.items()}
            cards[name] |= {f"{prefix}{group}_low": value for group, value in found.low.items()}
        cards[name]["scatter"] = found.scatter
    if filmed is not None:
        clips = sorted(path for path in filmed.iterdir() if path.suffix.lower() in FILMED)
        for name, per_clip in jitter(poses, clips).items():
            cards[name]["jitter"] = statistics.median(per_clip.values())
    if rounds:
        ratios = time_ratios(networks, rounds)
        default = ratios.get(catalog.DEFAULT_MODEL)
        for name, ratio in ratios.items():
            if official:
                cards[name]["time_ratio"] = ratio
            if default is not None:
                cards[name]["time_to_default"] = ratio / default
    return cards


def write_card(name: str, measured: dict[str, float]) -> None:
    """Put these numbers into the model's card in models.toml; comments and everything else stay."""
    path = catalog.models_folder() / "models.toml"
    document = tomlkit.parse(path.read_text("utf-8"))
    card = document["models"][name]["card"]  # type: ignore[index]
    for key, value in measured.items():
        card[key] = round(value, 2)  # type: ignore[index]
    path.write_text(tomlkit.dumps(document), "utf-8")


def _chosen_files(names: list[str], against: list[Path]) -> dict[str, Path]:
    listed = catalog.entries()
    shipped = [catalog.find(name) for name in names] if names else [e for e in listed.values() if e.here]
    files = {entry.name: catalog.checked_file(entry) for entry in shipped}
    return {**{str(path): path for path in against}, **files}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="of models.toml; all that are here if left out"
    )
    parser.add_argument(
        "--against",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="another TensorFlow Lite file; the first one is what times are relative to",
    )
    parser.add_argument("--rounds", type=int, default=40, help="for the times; 0 leaves them out")
    parser.add_argument("--filmed", type=Path, metavar="FOLDER", help="of real clips, for the jitter")
    parser.add_argument("--write", action="store_true", help="put what is measured into models.toml")
    chosen = parser.parse_args()
    try:
        files = _chosen_files(chosen.names, chosen.against)
        networks = {name: Network(path, threads=1) for name, path in files.items()}
    except PermanentFault as fault:
        print(f"measure_models: {fault}", file=sys.stderr)
        return 2
    cards = measured_cards(networks, chosen.filmed, chosen.rounds, official=bool(chosen.against))
    for name, card in cards.items():
        print(f"\n{name}\n" + "\n".join(f"{key} = {value:.2f}" for key, value in card.items()))
        if chosen.write and name in catalog.entries():
            write_card(name, card)
    return 0


if __name__ == "__main__":
    sys.exit(main())

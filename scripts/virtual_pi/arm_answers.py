"""What the shipped networks answer to a few pictures, and whether two processors answer alike.

Called by arm_check.sh: `pictures FOLDER` cuts windows from the bundled clip, `answer FOLDER NAME` runs the
networks on them, on whatever processor this is, `compare FOLDER` tells the answers here and there apart.
Answering needs numpy and a runtime only, no OpenCV.
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from mirror.pose.catalog import DEFAULT_MODEL, POSE, ModelEntry, checked_file, entries  # noqa: E402
from mirror.pose.interpreter import Network  # noqa: E402
from mirror.pose.movenet import decode  # noqa: E402

FRAMES = (0, 70, 140, 300)
LIMIT = 1e-4
"""Keypoints, normalised to the window, and scores of the default model differ by no more."""


def shipped() -> list[ModelEntry]:
    return [entry for entry in entries().values() if entry.shipped]


def cut_pictures(folder: Path) -> None:
    """NAME.npy (frames, height, width, 3) uint8 for every shipped network."""
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    from model_build import rendered_clip

    truth = rendered_clip.read_truth()
    frames = [frame for n, frame in enumerate(rendered_clip.read_pictures()) if n in FRAMES]
    for entry in shipped():
        size = (entry.height, entry.width)
        window = rendered_clip.standing_window(truth, size, 1.15)
        np.save(folder / f"{entry.name}.npy", np.stack([window.look(frame, size) for frame in frames]))


def answer(folder: Path, where: str) -> None:
    """NAME.WHERE.npy: keypoints (frames, 17, 3), or a foot network's landmarks."""
    for entry in shipped():
        network = Network(checked_file(entry), threads=1)
        found = [_answer(network, entry, picture) for picture in np.load(folder / f"{entry.name}.npy")]
        np.save(folder / f"{entry.name}.{where}.npy", np.stack(found))
    print(
        f"{platform.machine()}: Python {platform.python_version()}, numpy {np.__version__}, {network.runtime}"
    )


def _answer(network: Network, entry: ModelEntry, picture: np.ndarray) -> np.ndarray:
    if entry.kind == POSE:
        heat, centre, regression, offset = network.run(picture)
        return decode(heat, centre, regression, offset)
    landmarks, _ = network.run(picture.astype(np.float32) / np.float32(255))
    return landmarks / entry.height


def compare(folder: Path) -> bool:
    """Print the largest difference of each; whether the default's is small enough."""
    worst = {}
    for entry in shipped():
        here, there = (np.load(folder / f"{entry.name}.{where}.npy") for where in ("here", "there"))
        worst[entry.name] = float(np.abs(here - there).max())
        print(f"{worst[entry.name]:.1e}  {entry.name}")
    if worst[DEFAULT_MODEL] > LIMIT:
        print(f"{DEFAULT_MODEL} answers differently there: more than {LIMIT:g}")
    return worst[DEFAULT_MODEL] <= LIMIT


def main() -> int:
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "pictures":
        cut_pictures(folder)
    elif what == "answer":
        answer(folder, sys.argv[3])
    else:
        return 0 if compare(folder) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Inside the virtual Pi: the recorded set over and over, so that the mirror sees somebody for an hour."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from mirror.camera.recording import load, save

LASTS_S = 3600.0


def main(folder: Path) -> None:
    once = load(folder / "once.npz")
    step = float(once.t[-1] - once.t[0]) + float(np.diff(once.t).mean())
    times = int(LASTS_S / step)
    t = np.concatenate([once.t + i * step for i in range(times)])
    plain = replace(once, toes_t=None, toes_each=None)
    save(folder / "set.npz", replace(plain, t=t, keypoints=np.tile(once.keypoints, (times, 1, 1))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

#!/usr/bin/env python3
"""Keep what the whole chain sees in rendered clips as small keypoint recordings, for tests without videos.

    python -m scripts.synth render --out clips
    python scripts/keep_recordings.py clips tests/data/rendered NAME...

Coordinates are rounded to 1/8192 of the picture (a tenth of a pixel) and scores to 1/64, so that files stay
small. truth.json beside them holds every clip's camera and the truth about its repetitions.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from measure_clips import clips, read_truth, settings_for

from mirror.camera.recording import Recording, save
from mirror.desk.study import as_recording, study

PLACES, SCORES = 8192, 64


def rounded(recording: Recording) -> Recording:
    steps = np.array([PLACES, PLACES, SCORES], np.float32)
    return replace(recording, keypoints=np.round(recording.keypoints * steps) / steps)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("clips", type=Path, help="folder of rendered clips")
    parser.add_argument("out", type=Path, help="folder for the recordings")
    parser.add_argument("names", nargs="+", help="clips to keep")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    told = {}
    for name, video, truth_file in clips([chosen.clips]):
        if name not in chosen.names:
            continue
        truth = read_truth(truth_file)
        done = study(video, settings_for(truth, assume_tilt=False), None)
        save(chosen.out / f"{name}.npz", rounded(as_recording(done)))
        told[name] = asdict(truth)
        print(f"{name}: {(chosen.out / f'{name}.npz').stat().st_size / 1000:.0f} kB")
    if missing := set(chosen.names) - set(told):
        print(f"keep_recordings: no such clip: {', '.join(sorted(missing))}", file=sys.stderr)
        return 2
    (chosen.out / "truth.json").write_text(json.dumps(told, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

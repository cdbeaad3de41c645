#!/usr/bin/env python3
"""Keep what the whole chain sees in clips of real people as small keypoint recordings: joints, no pictures.

    python scripts/keep_clips.py tests/data/real ../shared/clips ../shared/clips_real

Rounded as scripts/keep_recordings.py does it. A clip with nobody in it is left out, and said.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from keep_recordings import rounded

from mirror.camera.recording import save
from mirror.desk.study import as_recording, study
from mirror.faults import BadInput
from mirror.settings import Settings

CLIPS = (".mp4", ".mov", ".avi", ".mkv", ".webm")


def clips(folders: Sequence[Path]) -> Iterator[Path]:
    """Every clip in these folders, in order."""
    for folder in folders:
        yield from sorted(path for path in folder.iterdir() if path.suffix.lower() in CLIPS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the recordings")
    parser.add_argument("clips", type=Path, nargs="+", help="folders of clips")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    for clip in clips(chosen.clips):
        kept = chosen.out / f"{clip.stem}.npz"
        try:
            save(kept, rounded(as_recording(study(clip, Settings(), None))))
        except BadInput as why:
            print(f"{clip.name} is left out: {why}")
            continue
        print(f"{clip.stem}: {kept.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

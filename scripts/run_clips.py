#!/usr/bin/env python3
"""Every clip through `analyze`, then through `run --screen none`, as somebody would: does any end badly?

    scripts/run_clips.py ../shared/clips ../shared/clips_real
    scripts/run_clips.py --only analyze -j 2 FOLDER...

`run` plays a clip as fast as it was filmed, so several are played at once; late frames are dropped, as on a
mirror. What the mirror remembers goes into a folder that is thrown away. A clip passes with exit code 0, no
traceback, and no line about a fault of ours. Exit 0 all pass, 1 one does not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from keep_clips import clips

WAYS = {
    "analyze": lambda clip: ["analyze", str(clip)],
    "run": lambda clip: ["run", "--camera", str(clip), "--screen", "none"],
}
BAD = ("Traceback (most recent call last)", "a fault of ours")
LONGEST_S = 600.0


@dataclass(frozen=True)
class Ended:
    """How one went: its exit code, None where it did not end; what it said; how long it took."""

    clip: Path
    way: str
    code: int | None
    said: str
    seconds: float

    @property
    def well(self) -> bool:
        return self.code == 0 and not any(bad in self.said for bad in BAD)

    def told(self) -> str:
        told = f"{self.clip.name:42} {self.way:8} exit {self.code}  {self.seconds:5.1f} s"
        last = self.said.strip().splitlines()[-1:]
        return told if self.well else f"{told}  {' '.join(last)}"


def ended(clip: Path, way: str, state: str) -> Ended:
    """One clip, one way."""
    began = time.monotonic()
    command = [sys.executable, "-m", "mirror", *WAYS[way](clip)]
    environment = os.environ | {"XDG_STATE_HOME": state}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LONGEST_S, env=environment
        )
    except subprocess.TimeoutExpired:
        return Ended(clip, way, None, f"not over after {LONGEST_S:.0f} s", LONGEST_S)
    return Ended(clip, way, done.returncode, done.stdout + done.stderr, time.monotonic() - began)


def all_of(found: Sequence[Path], ways: Sequence[str], at_once: int) -> list[Ended]:
    """Every clip every way, told as each ends."""
    outcomes = []
    with TemporaryDirectory() as state, ThreadPoolExecutor(at_once) as pool:
        for way in ways:
            for one in pool.map(lambda clip, way=way: ended(clip, way, state), found):
                print(one.told(), flush=True)
                outcomes.append(one)
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of clips")
    parser.add_argument("--only", choices=sorted(WAYS), help="only one of the two")
    parser.add_argument("-j", dest="at_once", type=int, default=2, help="how many at once")
    chosen = parser.parse_args()
    found = list(clips(chosen.folders))
    if not found:
        print("run_clips: no clip in these folders", file=sys.stderr)
        return 2
    outcomes = all_of(found, [chosen.only] if chosen.only else sorted(WAYS), chosen.at_once)
    bad = [one for one in outcomes if not one.well]
    print(f"{len(outcomes) - len(bad)} of {len(outcomes)} ended well")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

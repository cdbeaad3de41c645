#!/usr/bin/env python3
"""How many instructions a frame costs, stage by stage: a number that no busy machine can shake.

Valgrind runs `cost_stages.py`, the rooms on one committed recording, and counts. The processor it plays is
the same everywhere, hashes and threads are fixed, so the same code gives the same number. What was kept last
is beside it; `--keep` keeps this one.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests" / "data" / "cost.toml"
INSIDE = Path(__file__).with_name("cost_stages.py")
STAGES = ("window", "window_yuv", "decode", "person", "knees", "coach")
"""In the order in which cost_stages.py does them."""
FRAME = ("window", "decode", "person", "knees", "coach")
"""What a frame is made of, beside network and drawing."""
MARK = "getppid"
HEADROOM = 1.03
"""A stage that costs more than so many times what was kept has become slower."""
STEADY = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL",
    "OPENCV_IPP": "disabled",
    "OPENCV_FOR_THREADS_NUM": "1",
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
}
"""What a process would otherwise take from its machine."""


class NoCounter(Exception):
    """Nothing here can count instructions; says what is missing."""


@dataclass(frozen=True)
class Cost:
    """instructions: of a frame, by stage. made_with: the versions that a count depends on."""

    instructions: dict[str, float]
    made_with: dict[str, str]

    @property
    def frame(self) -> float:
        """Of all that is neither network nor drawing."""
        return sum(self.instructions[stage] for stage in FRAME)

    def slower_than(self, kept: Cost) -> dict[str, float]:
        """Stages that cost more than the kept ones and the head-room: how many times as much."""
        times = {stage: self.instructions[stage] / kept.instructions[stage] for stage in STAGES}
        return {stage: ratio for stage, ratio in times.items() if ratio > HEADROOM}


def made_with() -> dict[str, str]:
    """The processor's kind, and the versions that decide which instructions run."""
    return {
        "machine": platform.machine(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "numpy": ".".join(version("numpy").split(".")[:2]),
        "opencv": ".".join(version("opencv-python-headless").split(".")[:2]),
    }


def measure(inside: Path = INSIDE) -> Cost:
    """Counted anew. Raises NoCounter where valgrind is not installed."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        raise NoCounter("valgrind is not installed (apt-get install valgrind)")
    with tempfile.TemporaryDirectory() as folder:
        command = [valgrind, "--tool=callgrind", f"--dump-before={MARK}", "--callgrind-out-file=counted"]
        ran = subprocess.run(
            [*command, sys.executable, inside],
            cwd=folder,
            env=STEADY | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode != 0:
            raise RuntimeError(f"{inside.name} failed: {ran.stderr[-800:]}")
        frames = [int(count) for count in ran.stdout.split()]
        counts = [_total(Path(folder, f"counted.{2 * n + 2}")) for n in range(len(STAGES))]
    per_frame = {stage: count / n for stage, count, n in zip(STAGES, counts, frames, strict=True)}
    return Cost(per_frame, made_with())


def _total(dump: Path) -> int:
    """Instructions between this mark and the one before."""
    found = re.search(r"^totals: (\d+)$", dump.read_text("ascii", "replace"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{dump.name} holds no count")
    return int(found[1])


def read_kept() -> Cost:
    """What was kept last."""
    table = tomllib.loads(KEPT.read_text("utf-8"))
    return Cost(table["instructions"], table["made_with"])


def keep(cost: Cost) -> None:
    """From now on this is what a frame may cost."""
    lines = [
        "# What a frame costs, instructions: written by scripts/measure_cost.py --keep",
        "",
        "[made_with]",
    ]
    lines += [f'{name} = "{value}"' for name, value in cost.made_with.items()]
    lines += ["", "[instructions]"]
    lines += [f"{stage} = {round(cost.instructions[stage])}" for stage in STAGES]
    KEPT.write_text("\n".join(lines) + "\n", "utf-8")


def table(cost: Cost, kept: Cost | None) -> str:
    """Markdown: thousands of instructions a frame, and times what was kept."""
    lines = ["| stage | thousand instructions a frame | times the kept |", "|---|---|---|"]
    for stage, count in {**cost.instructions, "all but network and drawing": cost.frame}.items():
        before = None if kept is None else kept.instructions.get(stage, kept.frame)
        lines.append(
            f"| {stage} | {count / 1000:,.0f} | {'' if before is None else f'{count / before:.3f}'} |"
        )
    return "\n".join(lines)


def other_versions(cost: Cost, kept: Cost) -> Mapping[str, tuple[str, str]]:
    """What differs between the two, so that their counts cannot be compared: then and now."""
    return {
        name: (before, cost.made_with[name])
        for name, before in kept.made_with.items()
        if cost.made_with[name] != before
    }


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--keep", action="store_true", help="what is counted now is what a frame may cost")
    wanted = asked.parse_args()
    try:
        cost = measure()
    except NoCounter as none:
        print(f"measure_cost: {none}", file=sys.stderr)
        return 2
    print(table(cost, read_kept() if KEPT.exists() else None))
    if wanted.keep:
        keep(cost)
    return 0


if __name__ == "__main__":
    sys.exit(main())

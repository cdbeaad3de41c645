#!/usr/bin/env python3
"""`analyze FOLDER -j 2` killed at random moments and resumed: is a file ever half, does the table differ?

    scripts/kill_and_resume.py                # 100 kills, every fourth of a run over videos: six minutes
    scripts/kill_and_resume.py --kills 10 --seed 7

Every other kill comes while a file is being written, the others at any moment; every other one hits the whole
group of processes at once, the others only the one that was started. After each, every file that is there is
compared with that of a run nobody disturbed, the run is resumed to its end, and all are compared once more.
Exit 0 all as they should be, 1 not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT / "tests" / "data" / "real"
RECORDED = ("r01_barbell_rack", "r02_fast_loop", "r07_no_quiet_second", "r08_turned_45", "r20_clean_front")
CLIP = ROOT / "mirror" / "demo" / "demo.mp4"
CUT_AT = (20, 30, 45)
"""Pictures of the clips that are cut from the beginning of the bundled one."""
FOLDERS = {"json": "json", "csv": "csv", "keypoints": "npz", "trc": "trc", "report": "html"}
"""What is asked of every run, and how its files end; of videos the annotated video, too."""
TABLE = "all.csv"
PROGRAM = (
    "import mirror.desk.reps_file as table; table.TABLE_EVERY_S = 0.0; "  # else so short a run writes it once
    "import sys; from mirror.cli import main; sys.exit(main())"
)
LOOKED_EVERY_S = 0.002
SOONEST = 0.4
"""Of the time a run takes: before, it has hardly begun."""
PATIENCE_S = 300.0


def recordings(folder: Path, names: tuple[str, ...] = RECORDED) -> Path:
    """A folder of short recordings, which take a tenth of a second each."""
    folder.mkdir(parents=True)
    for name in names:
        shutil.copy(REAL / f"{name}.npz", folder)
    return folder


def videos(folder: Path) -> Path:
    """A folder of clips of a second."""
    import av

    folder.mkdir(parents=True)
    for pictures in CUT_AT:
        with av.open(str(CLIP)) as source, av.open(str(folder / f"cut{pictures}.mp4"), "w") as cut:
            stream = source.streams.video[0]
            copied = cut.add_stream_from_template(stream)
            for _, packet in zip(range(pictures), source.demux(stream), strict=False):
                packet.stream = copied
                cut.mux(packet)
    return folder


def content(path: Path) -> bytes:
    """A file's bytes, but for the time of day it was made at."""
    found = path.read_bytes()
    if path.suffix == ".json":
        document = json.loads(found)
        del document["provenance"]["date"]
        return json.dumps(document).encode()
    return re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d UTC", b"", found) if path.suffix == ".html" else found


def files_in(folder: Path) -> dict[str, bytes]:
    """What somebody finds there, by name; hidden files are not found."""
    found = sorted(path for path in folder.rglob("[!.]*") if path.is_file())
    return {str(path.relative_to(folder)): content(path) for path in found}


def half(found: dict[str, bytes], whole: dict[str, bytes]) -> str:
    """Which file is not as it is in the end, "" where none; of the table, whole rows may be missing yet."""
    for name, there in found.items():
        if name == TABLE:
            lines, all_lines = there.splitlines(keepends=True), whole[name].splitlines(keepends=True)
            if lines[:1] != all_lines[:1] or not set(lines) <= set(all_lines):
                return f"{name} is no part of the whole table"
        elif there != whole[name]:
            return f"{name} is half"
    return ""


@dataclass(frozen=True)
class Kill:
    """What was seen of one. written: files that were there when it came, of how many there will be. resumed:
    inputs that were not done again. wrong: what should not be, "" where all is well."""

    written: int
    of: int
    resumed: int
    wrong: str = ""


class Trial:
    """Runs over one folder of inputs, all of the same outputs.

    Raises RuntimeError where even a run that nobody disturbs fails.
    """

    def __init__(self, inputs: Path, beside: Path) -> None:
        self._inputs, self._beside = inputs, beside
        self._kinds = dict(FOLDERS)
        if not list(inputs.glob("*.npz")):
            self._kinds["video"] = "mp4"
        begun = time.monotonic()
        code, said = self._to_its_end(beside / "whole")
        if code:
            raise RuntimeError(f"undisturbed, it ends with {code}: {said}")
        self._takes_s = time.monotonic() - begun
        self.whole = files_in(beside / "whole")

    def kill(self, draw: random.Random) -> Kill:
        """One kill and one resumption, in a folder of their own."""
        out = self._beside / "killed"
        while True:  # until one comes before the end
            shutil.rmtree(out, ignore_errors=True)
            if self._killed(out, draw):
                break
        found = files_in(out)
        wrong = half(found, self.whole)
        code, said = self._to_its_end(out, "--resume")
        before = re.search(r"(\d+) of \d+ were done before", said)
        wrong = wrong or (f"resumed, it ends with {code}: {said}" if code else "") or self._different(out)
        return Kill(len(found), len(self.whole), int(before[1]) if before else 0, wrong)

    def _started(self, out: Path, *more: str) -> subprocess.Popen[str]:
        kinds = [word for kind in self._kinds for word in (f"--{kind}", str(out / kind))]
        command = ["analyze", str(self._inputs), "--reps", str(out / TABLE), *kinds, "-j", "2", *more]
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=ROOT,
        )

    def _to_its_end(self, out: Path, *more: str) -> tuple[int, str]:
        running = self._started(out, *more)
        _, said = running.communicate(timeout=PATIENCE_S)
        return running.returncode, said

    def _killed(self, out: Path, draw: random.Random) -> bool:
        """Whether the kill came before the end. Returns when none of its processes runs any more."""
        everyone, while_writing = draw.random() < 0.5, draw.random() < 0.5
        running = self._started(out)
        if while_writing:
            self._wait_for_file(running, out, draw)
        else:
            time.sleep(draw.uniform(SOONEST, 1.0) * self._takes_s)
        early = running.poll() is None
        if everyone and early:
            os.killpg(running.pid, signal.SIGKILL)
        else:
            running.kill()
        running.communicate(timeout=PATIENCE_S)  # whoever outlives it holds the pipe
        return early and running.returncode == -signal.SIGKILL

    def _wait_for_file(self, running: subprocess.Popen[str], out: Path, draw: random.Random) -> None:
        """Until so many files are there and one more is being written."""
        there = draw.randrange(1, len(self.whole))
        while running.poll() is None:
            found = [path.name for path in out.rglob("*.*")]
            begun = sum(name.startswith(".") for name in found)
            if begun and len(found) - begun >= there:
                return
            time.sleep(LOOKED_EVERY_S)

    def _different(self, out: Path) -> str:
        found = files_in(out)
        names = [name for name in self.whole if found.get(name) != self.whole[name]]
        left = [path.name for path in out.rglob(".*")]
        if names or len(found) > len(self.whole):
            return f"resumed, other than undisturbed: {', '.join(names) or 'more files'}"
        return f"left behind for good: {', '.join(left)}" if left else ""


def kills(count: int, seed: int, folder: Path) -> Iterator[Kill]:
    """So many, every fourth of a run over videos."""
    draw = random.Random(seed)
    recorded = Trial(recordings(folder / "recordings"), folder / "of_recordings")
    filmed = Trial(videos(folder / "videos"), folder / "of_videos")
    for n in range(count):
        yield (filmed if n % 4 == 3 else recorded).kill(draw)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked = parser.parse_args()
    seen = []
    with TemporaryDirectory(prefix="squat-mirror-killed-") as folder:
        for kill in kills(asked.kills, asked.seed, Path(folder)):
            seen.append(kill)
            sys.stdout.write(f"{len(seen)}: {kill.written} of {kill.of} files, {kill.resumed} inputs kept ")
            sys.stdout.write(f"{kill.wrong}\n")
            sys.stdout.flush()
    wrong = [kill for kill in seen if kill.wrong]
    some = sum(0 < kill.written < kill.of for kill in seen)
    sys.stdout.write(
        f"seed {asked.seed}: {len(seen)} kills, {some} of them with some files written and some not; "
        f"{sum(kill.resumed > 0 for kill in seen)} took up inputs that were done; {len(wrong)} wrong\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

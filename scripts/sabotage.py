"""Puts an exception nobody foresaw into each room of the live mirror in turn and says what becomes of it.

    python scripts/sabotage.py [--only ROOM] [--jobs N]

Each case is a mirror of its own, as `run` starts it, on a simulated visit with mock lamp, store, metrics and
event log: once at one moment, and always from then on. The table it prints is the one in docs/reliability.md.
Exit code 1 when a mirror ended with a traceback, hung, or left its lamp lit, or when nothing was raised.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {
    "camera": "mirror.camera.recording:RecordingSource._pictures",
    "pose": "mirror.pose.people:PersonTracker.see",
    "knees": "mirror.knees.live:KneeWatch.update",
    "knees, at a repetition": "mirror.knees.live:KneeWatch._rep",
    "coach": "mirror.coach.coach:Coach.update",
    "coach, at a summary": "mirror.coach.summary:summarise",
    "lamp": "mirror.signals.lights:MockLights.show",
    "sound": "mirror.signals.voice:Buzzing.play",
    "screen": "mirror.screen.stage:Stage.draw",
    "display": "mirror.screen.window:DisplayWindow.present",
    "store, handing over": "mirror.history.records:Logbook.write",
    "store, writing": "mirror.history.records:SetDone.write",
    "mqtt": "mirror.mqtt.station:Publisher.write",
    "metrics": "mirror.service.metrics:Metrics.write",
    "events": "mirror.service.events:EventLog.write",
}
"""Where the exception is put: the function that does the room's work."""
AT_S = 6.0
"""Seconds after the first frame: somebody is calibrated and has squatted by then."""
LONGEST_S = 60.0
RAISED = "raised"
"""The file that says that the exception came: a case without it shows nothing."""
SETTINGS = """
[lights]
kind = "mock"
[coach]
reference = "off"
summary_after_s = 2
[screen]
width = 320
height = 480
fullscreen = false
[mqtt]
broker = "127.0.0.1:9"
[metrics]
file = "{folder}/mirror.prom"
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mirror. ended_s: seconds it ran. raised: the exception came."""

    room: str
    always: bool
    code: int
    ended_s: float
    raised: bool
    reps: int
    sets: int
    lit: bool
    incidents: int
    stderr: str

    @property
    def well(self) -> bool:
        """It went on, or ended in order: no traceback as its last word, no hang, lamp dark."""
        last = self.stderr.strip().splitlines()[-1:] or [""]
        in_order = self.code in (0, 1) and not last[0].startswith(("  ", "Odd", "Traceback"))
        return in_order and self.raised and not self.lit

    @property
    def says(self) -> str:
        if not self.well:
            return "WRONG"
        return f"ends in order after {self.ended_s:.0f} s" if self.code else "goes on"


def child(room: str, always: bool, recording: str, folder: Path) -> int:
    """In a process of its own: the mirror with the exception in it."""
    from mirror.camera.mailbox import Mailbox
    from mirror.cli import main
    from mirror.station import upkeep

    upkeep.is_live = lambda source: True  # a clip's sets are not kept; here they are, as a camera's

    began: list[float] = []  # when the first frame came
    put = Mailbox.put

    def noted(self: Mailbox, frame: Any) -> None:
        if not began:
            began.append(time.monotonic())
        put(self, frame)

    Mailbox.put = noted  # type: ignore[method-assign]
    spoil(ROOMS[room], always, folder / RAISED, lambda: bool(began) and time.monotonic() - began[0] >= AT_S)

    (folder / "mirror.toml").write_text(SETTINGS.format(folder=folder))
    screen = "window" if room in ("screen", "display") else "none"
    call = ["run", "--camera", recording, "--config", str(folder / "mirror.toml"), "--screen", screen]
    return main([*call, "--events", str(folder / "events.jsonl")])


def spoil(where: str, always: bool, raised: Path, now: Callable[[], bool]) -> None:
    """Make the function raise, once or always, from the moment `now` says so. raised: made when it does."""
    module, _, path = where.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    does, done = getattr(owner, name), [False]

    def due() -> bool:
        if now() and (always or not done[0]):
            done[0] = True
            raised.touch()
            return True
        return False

    spoilt = spoilt_frames(does, due) if inspect.isgeneratorfunction(does) else spoilt_function(does, due)
    setattr(owner, name, spoilt)
    for other in list(sys.modules.values()):  # functions that were imported by name
        if getattr(other, name, None) is does and getattr(other, "__name__", "").startswith("mirror"):
            setattr(other, name, spoilt)


def spoilt_function(does: Callable[..., Any], due: Callable[[], bool]) -> Callable[..., Any]:
    """The same, but for the exception when it is due."""

    def odd(*arguments: Any, **named: Any) -> Any:
        if due():
            raise ArithmeticError("nobody foresaw this")
        return does(*arguments, **named)

    return odd


def spoilt_frames(does: Callable[..., Any], due: Callable[[], bool]) -> Callable[..., Any]:
    """The same of what gives frames one by one."""

    def odd(*arguments: Any, **named: Any) -> Any:
        for one in does(*arguments, **named):
            if due():
                raise ArithmeticError("nobody foresaw this")
            yield one

    return odd


def case(room: str, always: bool, recording: Path) -> Outcome:
    """Run one and look at what it left."""
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where)
        environment = {**os.environ, "STATE_DIRECTORY": str(folder / "state"), "SDL_VIDEODRIVER": "dummy"}
        call = [sys.executable, __file__, "--child", room, str(int(always)), str(recording), str(folder)]
        began = time.monotonic()
        try:
            run = subprocess.run(
                call,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
                cwd=folder,
            )
            code, stderr = run.returncode, run.stderr
        except subprocess.TimeoutExpired as hung:
            code, stderr = -1, str(hung)
        took_s, raised = time.monotonic() - began, (folder / RAISED).exists()
        return Outcome(room, always, code, took_s, raised, *_left(folder), stderr)


def _left(folder: Path) -> tuple[int, int, bool, int]:
    """Repetitions told, sets kept, whether the lamp is lit at the end, incidents kept."""
    log = folder / "events.jsonl"
    told = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    lights = [line["light"] for line in told if line["event"] == "light"]
    kept = folder / "state" / "incidents" / "incidents.json"
    incidents = len(json.loads(kept.read_text())["incidents"]) if kept.exists() else 0
    return (
        sum(line["event"] == "rep" for line in told),
        _sets(folder),
        lights[-1:] not in ([], ["off"]),
        incidents,
    )


def _sets(folder: Path) -> int:
    file = folder / "state" / "sets.sqlite"
    if not file.exists():
        return 0
    rows = sqlite3.connect(file)
    try:
        return int(rows.execute("SELECT count(*) FROM sets").fetchone()[0])
    finally:
        rows.close()


def visit(path: Path) -> None:
    """A recording of somebody who does five squats in half a minute, the third and fifth off track."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    import numpy as np
    import simulate

    from mirror.camera.recording import Recording, save

    good, bad = simulate.Squat(delta=(0.0, 0.0)), simulate.Squat(delta=(14.0, 13.0))
    movements = [simulate.Stand(2.0), good, good, simulate.Stand(1.5), bad, good, bad, simulate.Stand(9.0)]
    sim = simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.5))
    toes = None if sim.toes is None else sim.toes.astype(np.float32)
    save(path, Recording(sim.t, sim.keypoints, sim.image_size, toes=toes, hfov_deg=sim.hfov_deg))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=sorted(ROOMS), help="this room alone")
    parser.add_argument("--jobs", type=int, default=4, help="mirrors at a time: each is as slow as the visit")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as where:
        recording = Path(where) / "visit.npz"
        visit(recording)
        cases = [(room, always) for room in ROOMS if wanted.only in (None, room) for always in (False, True)]
        with ThreadPoolExecutor(wanted.jobs) as pool:
            outcomes = list(pool.map(lambda one: case(*one, recording), cases))
    print("| room | the exception comes | the mirror | exit | repetitions | sets kept | places told |")
    print("|---|---|---|---|---|---|---|")
    for one in outcomes:
        when = "always" if one.always else "once"
        print(
            f"| {one.room} | {when} | {one.says} | {one.code} | {one.reps} | {one.sets} | {one.incidents} |"
        )
        if not one.well:
            print(one.stderr[-2000:], file=sys.stderr)
    return int(not all(one.well for one in outcomes))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.path.insert(0, str(ROOT))
        place, often, played, into = sys.argv[2:]
        sys.exit(child(place, bool(int(often)), played, Path(into)))
    sys.exit(main())

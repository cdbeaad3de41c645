#!/usr/bin/env python3
"""Measure the whole chain on clips of real people, labelled by eye: counts, verdicts, who is frozen, and why.

    python scripts/measure_real.py                 # from the joints kept in tests/data/real: seconds
    python scripts/measure_real.py --look -j 2     # from the pictures in ../shared: a minute or two

Labels (and pictures) lie outside the project. Without --look nothing is known of who was frozen: a recording
keeps no joints of frames that were not to be judged.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import real_motion

from mirror.camera.frame import Source
from mirror.camera.recording import RecordingSource, load
from mirror.camera.video import VideoFile
from mirror.coach.words import in_english
from mirror.desk.study import study
from mirror.faults import BadInput
from mirror.fitting.from_settings import constants_of, engine
from mirror.knees.live import KneeWatch
from mirror.knees.reading import Phase, Rep, Verdict
from mirror.knees.reasons import Reason, Why
from mirror.knees.track import TrackedPose
from mirror.pose.catalog import find
from mirror.pose.people import PersonTracker, somebody_else
from mirror.pose.pose import Presence
from mirror.pose.pose_net import PoseNet
from mirror.settings import Settings
from mirror.station.knee_watch import toes_for, watch_for

KEPT = Path(__file__).resolve().parent.parent / "tests" / "data" / "real"
FOLDERS = (real_motion.SHARED / "clips", real_motion.SHARED / "clips_real")
LIVE = {"coach": {"reference": "off"}}
TURNED: dict[str, range] = {
    "r08_turned_45": range(1, 2),
    "r09_goblet_turned_40": range(1, 6),
    "r10_turned_then_front": range(1, 6),
    "r17_gym_turned_then_rear": range(1, 7),
}
"""Repetitions of people who are turned by more than 25 degrees: no verdict on them can be trusted."""
NO_SQUAT = ("r11", "r12", "r13", "r14", "sports2d")
SAME_REP_S = 0.8


@dataclass(frozen=True)
class Clip:
    """A clip and what an eye says of it. kept: its joints; None where nobody kept them."""

    name: str
    path: Path
    kept: Path | None
    alone: bool
    reps: tuple[dict[str, Any], ...]


@dataclass
class Seen:
    """What one chain made of one clip. Shares of frames: frozen, and no verdict while down."""

    chain: str
    counted: int = 0
    clean: list[str] = field(default_factory=list)
    caving: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    frozen: float | None = None
    unknown: float | None = None
    why: str = ""


def clips(folders: Sequence[Path]) -> list[Clip]:
    found = []
    for folder in folders:
        for one in json.loads((folder / "labels.json").read_text())["clips"]:
            name = str(one["id"])
            kept = KEPT / f"{name}.npz"
            found.append(
                Clip(
                    name,
                    folder / one["file"],
                    kept if kept.exists() else None,
                    one["persons"] == 1,
                    tuple(one["reps"]),
                )
            )
    return found


def measure(clip: Clip, look: bool) -> tuple[Clip, list[Seen]]:
    """One clip at the desk and live."""
    recorded = clip.kept if clip.kept and not look else None
    return clip, [_desk(clip, recorded), _live(clip, recorded)]


def _desk(clip: Clip, recorded: Path | None) -> Seen:
    seen = Seen("desk")
    try:
        done = study(recorded or clip.path, Settings(), None)
    except BadInput as refusal:
        seen.why = str(refusal).partition(": ")[2]
        return seen
    _judge(seen, clip, done.analysis.reps)
    down = [
        pair
        for pair, motion in zip(done.analysis.judgements, done.analysis.motions, strict=True)
        if motion.phase is not Phase.STAND
    ]
    seen.unknown = _share(all(leg.verdict is Verdict.UNKNOWN for leg in pair) for pair in down)
    seen.why = in_english(done.analysis.why_unknown)
    return seen


def _live(clip: Clip, recorded: Path | None) -> Seen:
    """As the eyes do it, without their thread."""
    settings = Settings.model_validate(LIVE)
    source: Source = (
        RecordingSource(load(recorded), pace=False) if recorded else VideoFile(clip.path, pace=False)
    )
    entry = find(settings.model.name)
    tracker = PersonTracker(PoseNet(entry, **engine(settings)))
    toes, watch = toes_for(settings, source), None
    reps: list[Rep] = []
    frozen, down, whys = [], [], Counter[str]()
    for frame in source.frames():
        pose = tracker.see(frame)
        passes, unsure = somebody_else(pose), pose.seen is Presence.UNSURE
        watch = watch or watch_for(settings, source, frame, constants_of(entry.name))
        why = Reason(Why.SOMEBODY_PASSES if passes else Why.LEGS_NOT_SEEN) if unsure else None
        reading, rep = watch.update(
            TrackedPose(frame.t, pose.keypoints, pose.size, pose.seen is not Presence.NOBODY, why)
        )
        reps += [rep] if rep else []
        frozen.append(unsure)
        if reading.phase is not Phase.STAND:
            down.append(reading.left.verdict is reading.right.verdict is Verdict.UNKNOWN)
        whys.update([in_english(reading.why_unknown)] if reading.why_unknown else [])
        _look_for_toes(watch, toes, frame, pose)
    seen = Seen("live", unknown=_share(down), why=_commonest(whys))
    seen.frozen = None if recorded else _share(frozen)
    _judge(seen, clip, reps)
    return seen


def _look_for_toes(watch: KneeWatch, toes: Any, frame: Any, pose: Any) -> None:
    if pose.seen is not Presence.FOUND or not watch.wants_toes:
        toes.reset()
        return
    tips = toes.next(frame, pose.keypoints)
    if tips is not None:
        watch.take_toes(tips, frame.size)


def _commonest(whys: Counter[str]) -> str:
    return whys.most_common(1)[0][0] if whys else ""


def _share(each: Iterable[bool]) -> float | None:
    those = list(each)
    return sum(those) / len(those) if those else None


def _judge(seen: Seen, clip: Clip, reps: Sequence[Rep]) -> None:
    """Sort the verdicts of the repetitions found by what the eye says of each knee."""
    seen.counted = len(reps)
    for label in clip.reps:
        rep = min(reps, key=lambda one: abs(one.bottom_s - label["bottom_s"]), default=None)
        if rep is None or abs(rep.bottom_s - label["bottom_s"]) > SAME_REP_S:
            continue
        for side, leg in (("left", rep.left), ("right", rep.right)):
            if label["n"] in TURNED.get(clip.name, ()):
                seen.turned.append(leg.verdict.value)
            elif label[f"cave_{side}"] == "none":
                seen.clean.append(leg.verdict.value)
            elif label[f"cave_{side}"] in ("slight", "clear"):
                seen.caving.append(leg.verdict.value)


# -- the table ---------------------------------------------------------------------------------------------


def table(found: Sequence[tuple[Clip, list[Seen]]]) -> str:
    lines = [
        "| clip | by eye | desk | live | clean knees, desk | live | caving, desk | live | turned, desk "
        "| live | frozen | unknown while down, desk | live | desk says | live says most |",
        "|---|" + "---|" * 14,
    ]
    for clip, (desk, live) in found:
        cells = [
            clip.name,
            str(len(clip.reps)),
            str(desk.counted),
            str(live.counted),
            *(_verdicts(part) for part in (desk.clean, live.clean, desk.caving, live.caving)),
            *(_verdicts(part) for part in (desk.turned, live.turned)),
            _per_cent(live.frozen),
            _per_cent(desk.unknown),
            _per_cent(live.unknown),
            desk.why or "-",
            live.why or "-",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *_sums(found)])


def _verdicts(of: Sequence[str]) -> str:
    """Good / caution / off track / unknown."""
    if not of:
        return "-"
    seen = Counter(of)
    return " / ".join(str(seen[verdict]) for verdict in ("good", "caution", "off_track", "unknown"))


def _per_cent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _sums(found: Sequence[tuple[Clip, list[Seen]]]) -> list[str]:
    lines = ["Legs: good / caution / off track / unknown."]
    for i, chain in enumerate(("desk", "live")):
        rows = [(clip, both[i]) for clip, both in found]
        squats = [(clip, seen) for clip, seen in rows if clip.reps]
        exact = sum(seen.counted == len(clip.reps) for clip, seen in squats)
        false = sum(seen.counted for clip, seen in rows if clip.name.startswith(NO_SQUAT))
        lines.append(
            f"{chain}: exact on {exact} of {len(squats)} clips with squats, {false} repetitions where nobody "
            f"squats; clean {_verdicts([v for _, s in rows for v in s.clean])}; "
            f"caving {_verdicts([v for _, s in rows for v in s.caving])}; "
            f"turned {_verdicts([v for _, s in rows for v in s.turned])}"
        )
    alone = [(clip.name, both[1].frozen) for clip, both in found if clip.alone and both[1].frozen is not None]
    if alone:
        over = [name for name, share in alone if share > 0.01]
        lines.append(f"Alone and frozen for more than 1 % of frames: {len(over)} of {len(alone)} clips.")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", default=FOLDERS, help="of clips with labels.json")
    parser.add_argument("--look", action="store_true", help="look at the pictures, not at the joints kept")
    parser.add_argument("--json", type=Path, metavar="F.json", help="everything found, an object a clip")
    parser.add_argument("-j", type=int, default=1, metavar="N", help="processes")
    chosen = parser.parse_args()
    missing = [folder for folder in chosen.folders if not (folder / "labels.json").exists()]
    if missing:
        print(f"measure_real: {missing[0]} has no labels.json, so nothing is measured.")
        return 0
    with ProcessPoolExecutor(max(1, chosen.j)) as pool:
        found = list(pool.map(partial(measure, look=chosen.look), clips(chosen.folders)))
    print(table(found))
    if chosen.json:
        whole = {clip.name: [asdict(seen) for seen in both] for clip, both in found}
        chosen.json.write_text(json.dumps(whole, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

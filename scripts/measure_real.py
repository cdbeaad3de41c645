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
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import real_motion
from promises import Promise
from promises import table as promised

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
from mirror.pose.feet import PERSON_CROPS
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
HARD = ("r15_feet_placed_anew", "r18_feet_below_picture", "r19_feet_never_seen")
"""Feet placed anew for each of ten repetitions; feet that are not in the picture: asked for by themselves."""
FIRST_LOW = ("r04_starts_at_the_bottom", "r16_starts_bent_over")
JUDGED = ("r01", "r02", "r07", "r20", "r21")
"""Short clips, and clean ones: every knee has a verdict."""
NO_SQUAT = ("r11", "r12", "r13", "r14", "sports2d")
CUT = {"r04_starts_at_the_bottom": 3, "r05_head_cut_off": 2}
"""Squats that the clip's end cuts, at 38 % of the way up and at the bottom: none, though an eye sees them."""
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
    """What one chain made of one clip. unjudged: knees without a verdict. Shares of frames: frozen, and no
    verdict while down."""

    chain: str
    counted: int = 0
    clean: list[str] = field(default_factory=list)
    caving: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    unjudged: int = 0
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
                    tuple(rep for rep in one["reps"] if rep["n"] != CUT.get(name)),
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
    late: dict[int, Rep] = {}
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
        late |= {one.n: one for one in reading.judged_late}
        frozen.append(passes)
        if reading.phase is not Phase.STAND:
            down.append(reading.left.verdict is reading.right.verdict is Verdict.UNKNOWN)
        whys.update([in_english(reading.why_unknown)] if reading.why_unknown else [])
        _look_for_toes(watch, toes, frame, pose)
    if watch is not None:
        last = watch.finish(frame.t)
        reps += [last] if last else []
        for _ in PERSON_CROPS:
            _look_for_toes(watch, toes, frame, pose)
        late |= {one.n: one for one in watch.last_reading(frame.t).judged_late}
    seen = Seen("live", unknown=_share(down), why=_commonest(whys))
    seen.frozen = None if recorded else _share(frozen)
    _judge(seen, clip, [late.get(rep.n, rep) for rep in reps])
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
    seen.unjudged = sum(leg.verdict is Verdict.UNKNOWN for rep in reps for leg in (rep.left, rep.right))
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


Rows = dict[str, list[tuple[Clip, Seen]]]
"""By chain."""

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
    return "\n".join(
        [promised(promises(found)), "", *lines, "", "Legs: good / caution / off track / unknown."]
    )


def _verdicts(of: Sequence[str]) -> str:
    """Good / caution / off track / unknown."""
    if not of:
        return "-"
    seen = Counter(of)
    return " / ".join(str(seen[verdict]) for verdict in ("good", "caution", "off_track", "unknown"))


def _per_cent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def promises(found: Sequence[tuple[Clip, list[Seen]]]) -> list[Promise]:
    """What is asked on clips of real people, of the desk and of the live mirror."""
    both = {chain: [(clip, seen[i]) for clip, seen in found] for i, chain in enumerate(("desk", "live"))}
    front = [clip for clip, _ in found if clip.reps and clip.name not in (*TURNED, *HARD)]
    upright = [clip for clip in front if clip.name not in FIRST_LOW]
    each, count = partial(_each, both), partial(_sum, both)
    return [
        each("clips facing the camera, counted exactly", front, _exact),
        each("...within one", front, _within_one),
        each("...exactly, of those that begin with somebody upright", upright, _exact),
        count("knees without a verdict in r01, r02, r07, r20, r21", _unjudged, most=0),
        count("clean knees facing the camera: off track", lambda _, s: s.clean.count("off_track"), most=0),
        count("...caution", lambda _, s: s.clean.count("caution")),
        count("caving by eye: good", lambda _, s: s.caving.count("good")),
        count("turned by over 25 degrees: off track or caution", lambda _, s: _warned(s.turned), most=0),
        count("repetitions where nobody squats", _false, most=0),
        _counted(both, HARD[0], least=8),
        *(_counted(both, name) for name in (*HARD[1:], *TURNED)),
        _frozen(both["live"]),
    ]


def _counted(both: Rows, name: str, least: float | None = None) -> Promise:
    rows = {chain: [row for row in rows if row[0].name == name] for chain, rows in both.items()}
    counted = {chain: float(sum(seen.counted for _, seen in own)) for chain, own in rows.items()}
    of = {chain: sum(len(clip.reps) for clip, _ in own) for chain, own in rows.items()}
    return Promise(f"{name}: counted", counted, least=least, unit="", digits=0, of=of)


def _frozen(live: list[tuple[Clip, Seen]]) -> Promise:
    alone = [seen.frozen for clip, seen in live if clip.alone and seen.frozen is not None]
    over = float(sum(share > 0.01 for share in alone)) if alone else float("nan")
    what = "clips of people alone, frozen for over 1 % of frames"
    return Promise(what, {"live": over}, most=0, unit="", digits=0)


def _each(both: Rows, what: str, those: Sequence[Clip], well: Callable[[Clip, Seen], bool]) -> Promise:
    """How many of those clips go well; all of them is asked."""
    measured = {
        chain: float(sum(well(clip, seen) for clip, seen in rows if clip in those))
        for chain, rows in both.items()
    }
    return Promise(
        what, measured, least=len(those), unit="", digits=0, of={chain: len(those) for chain in both}
    )


def _sum(both: Rows, what: str, of: Callable[[Clip, Seen], int], *, most: float | None = None) -> Promise:
    measured = {chain: float(sum(of(clip, seen) for clip, seen in rows)) for chain, rows in both.items()}
    return Promise(what, measured, most=most, unit="", digits=0)


def _exact(clip: Clip, seen: Seen) -> bool:
    return seen.counted == len(clip.reps)


def _within_one(clip: Clip, seen: Seen) -> bool:
    return abs(seen.counted - len(clip.reps)) <= 1


def _unjudged(clip: Clip, seen: Seen) -> int:
    """Knees without a verdict, those of repetitions that were not counted among them."""
    if not clip.name.startswith(JUDGED):
        return 0
    return seen.unjudged + 2 * max(0, len(clip.reps) - seen.counted)


def _false(clip: Clip, seen: Seen) -> int:
    return seen.counted if clip.name.startswith(NO_SQUAT) else 0


def _warned(verdicts: Sequence[str]) -> int:
    return sum(verdict in ("off_track", "caution") for verdict in verdicts)


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

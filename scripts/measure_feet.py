#!/usr/bin/env python3
"""Measure which way feet point, on real shoes marked by hand: the chain's directions against the marks.

Marks lie in ../shared/feet, outside the project; the chain's answer is in the joints kept in tests/data/real.
Both are read the same way, from ankle, toe tip and an assumed reach; so this measures tips, not the reach.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import real_motion
from measure_real import KEPT

from mirror.camera.recording import Recording, load
from mirror.desk.study import study
from mirror.fitting.from_recording import recorded_toes
from mirror.fitting.from_settings import constants_of
from mirror.knees.azimuth import from_toes
from mirror.knees.foot_placements import FootPlacement
from mirror.knees.optics import rectify
from mirror.settings import Settings

MARKS = real_motion.SHARED / "feet" / "hand_marks.json"
NEAR_S = 1.5
"""A mark belongs to the placing of the feet it falls into, or that begins so soon after it."""
SIDES = ("left", "right")


@dataclass(frozen=True)
class Foot:
    """One foot, degrees outward: by hand, and as the chain saw it before and after the set's agreement."""

    clip: str
    time_s: float
    side: str
    hand: float
    seen: float
    agreed: float


def feet(marks: Path, reach: float) -> list[Foot]:
    found = []
    for mark in json.loads(marks.read_text())["marks"]:
        clip = Path(mark["clip"]).stem
        kept = KEPT / f"{clip}.npz"
        if mark["upright"] and kept.exists():
            found += _of_mark(mark, clip, load(kept), kept, reach)
    return found


def _of_mark(mark: dict, clip: str, recording: Recording, kept: Path, reach: float) -> list[Foot]:
    analysis = study(kept, Settings(), None).analysis
    placed = [
        i for i, placement in enumerate(analysis.placements) if placement.from_s <= mark["time_s"] + NEAR_S
    ]
    if not placed:
        return []
    placement, agreed = analysis.placements[placed[-1]], analysis.azimuths[placed[-1]]
    toes_of = recorded_toes(recording)
    tips = toes_of(placement) if toes_of and placement.stance else None
    if tips is None or placement.stance is None or agreed is None:
        return []
    size, camera = recording.image_size, analysis.camera
    own = constants_of(recording.model).toe_reach
    seen = np.degrees(
        from_toes(rectify(tips.yx, size, camera), placement.stance.ankle, placement.stance.depth, own).value
    )
    hand = _by_hand(mark, recording, placement, analysis.camera, reach)
    return [
        Foot(clip, mark["time_s"], side, float(hand[i]), float(seen[i]), float(np.degrees(agreed.value[i])))
        for i, side in enumerate(SIDES)
        if mark[side] and mark[side]["toe"] and mark[side]["ankle"]
    ]


def _by_hand(
    mark: dict, recording: Recording, placement: FootPlacement, camera, reach: float
) -> npt.NDArray[np.float64]:
    """(2,) degrees; the depth is the chain's, which hand marks of one picture do not give better."""

    def at(what: str) -> npt.NDArray[np.float64]:
        xy = [(mark[side] or {}).get(what) or (np.nan, np.nan) for side in SIDES]
        return rectify(np.array(xy)[:, ::-1], recording.image_size, camera)

    assert placement.stance is not None
    return np.asarray(np.degrees(from_toes(at("toe"), at("ankle"), placement.stance.depth, reach).value))


def fit(hand: npt.NDArray[np.float64], seen: npt.NDArray[np.float64]) -> str:
    slope = np.polyfit(hand, seen, 1)[0]
    wide = hand > 25
    outer = f", over 25 degrees {np.mean((seen - hand)[wide]):+.1f} of {wide.sum()}" if wide.any() else ""
    return f"slope {slope:.2f}, bias {np.mean(seen - hand):+.1f}, sd {np.std(seen - hand):.1f}{outer}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("marks", type=Path, nargs="?", default=MARKS)
    parser.add_argument("--reach", type=float, default=0.467, help="ankle to shoe tip, in shanks")
    chosen = parser.parse_args()
    if not chosen.marks.exists():
        print(f"measure_feet: {chosen.marks} is not there, so nothing is measured.")
        return 0
    found = feet(chosen.marks, chosen.reach)
    print("| clip | s | foot | by hand | seen | agreed |\n|---|---|---|---|---|---|")
    for foot in found:
        degrees = " | ".join(f"{x:.0f}" for x in (foot.hand, foot.seen, foot.agreed))
        print(f"| {foot.clip} | {foot.time_s:.1f} | {foot.side} | {degrees} |")
    hand, seen, agreed = (
        np.array([getattr(foot, name) for foot in found]) for name in ("hand", "seen", "agreed")
    )
    ok = np.isfinite(hand)
    print(f"\n{ok.sum()} feet, reach {chosen.reach}.")
    print(f"Seen: {fit(hand[ok], seen[ok])}. Agreed: {fit(hand[ok], agreed[ok])}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

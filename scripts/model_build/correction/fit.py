#!/usr/bin/env python3
"""Fit a model's correction of hips, knees and ankles and say what it is worth on bodies it was not fitted on.

Reads what `collect.py` kept of rendered clips and, for many more bodies,
`scripts/research/foot_student/features.py` of
stills. Judges by leaving one clip body out at a time, and by stills and clips that are never fitted.
`--write FILE` keeps the one fitted on everything but stills that are never fitted.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import small_net

from mirror.pose.correction import (
    COLUMNS,
    LEGS,
    OUTWARD,
    ROWS,
    Correction,
    correction_from,
    inputs,
    write_correction,
)
from mirror.pose.pose_net import untangled

NOISE = 0.002
"""Standing heights: what joints tremble by from frame to frame."""
HEIGHT_SD = 0.03
"""What a standing height told by the pose is wrong by."""
BUNDLED_COUNTS = 2
"""The bundled clip counts double: it alone was drawn by another hand than all others here."""
WRONG = 0.06
"""Standing heights: a joint this far off is another limb's, not a biased one. Left out of the fit, never of
the errors."""
LEFT_AS_SEEN = "ankle_out"
"""Ankles sideways gain nothing on clips (0.67 to 0.64 %), and the toes' directions lose by it."""
JOINTS = ("hip", "knee", "ankle")
JUDGED_STILLS = 3
"""Every third random body is never fitted."""


@dataclass
class Part:
    """Looks at one body. seen, true (T, 17, 2) and scores (T, 17); lengths in standing heights as the mirror
    sees them; height: the true one in those."""

    body: str
    seen: np.ndarray
    true: np.ndarray
    score: np.ndarray
    height: np.ndarray | float


def clip_parts(folder: Path) -> list[tuple[str, Part]]:
    """(name of the clip, its part)."""
    parts = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as kept:
            scale = float(kept["height"])
            look, score = kept["keypoints"][..., :2] / scale, kept["keypoints"][..., 2]
            found = Part(
                str(kept["shape"]), look, kept["truth"] / scale, score, float(kept["true_height"] / scale)
            )
        if len(found.seen):
            parts.append((path.stem, found))
    return parts


def still_parts(folder: Path, aspect: float) -> list[tuple[str, Part]]:
    """aspect: width over height of the model's picture."""
    parts = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as kept:
            look, true = kept["keypoints"].astype(np.float32), kept["truth"]
            look = np.stack([untangled(one[:, [1, 0, 2]].copy())[:, [1, 0, 2]] for one in look])
            scale = kept["height"][:, None, None] / [aspect, 1]
            parts.append(
                (
                    path.stem,
                    Part(f"still {kept['shape']}", look[..., :2] / scale, true / scale, look[..., 2], 1.0),
                )
            )
    return parts


def rows_of(part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (2T, COLUMNS) and wanted shifts (2T, 6) of both legs, frames with a wrong limb left out."""
    miss = part.true - part.seen
    sound = np.abs(miss[:, 11:]).max((1, 2)) < WRONG
    shifts = (miss[sound][:, np.array(LEGS)] * OUTWARD[:, None]).reshape(-1, len(ROWS))
    return inputs(part.seen[sound], 1.0).reshape(-1, COLUMNS), shifts


def fitted(parts: Sequence[Part]) -> Correction:
    """Every part counts the same, however many frames it has; a part named twice counts for two."""
    rows = [rows_of(part) for part in parts]
    layers = small_net.fit(
        np.concatenate([read for read, _ in rows]),
        np.concatenate([wanted for _, wanted in rows]),
        np.concatenate([np.full(len(read), 1 / max(len(read), 1)) for read, _ in rows]),
        NOISE,
        HEIGHT_SD,
    )
    for array in layers[-1]:
        array[ROWS.index(LEFT_AS_SEEN)] = 0
    return correction_from(layers)


def errors(part: Part, correction: Correction | None) -> np.ndarray:
    """Mean distance (3,) of hips, knees, ankles to the true joints, % of true standing height."""
    points = part.seen if correction is None else correction(part.seen.astype(np.float32), 1.0)
    miss = np.linalg.norm(points - part.true, axis=-1)
    return np.array([miss[:, [11 + 2 * i, 12 + 2 * i]].mean() for i in range(3)]) * 100 / part.height


def crossed(part: Part) -> int:
    """Frames whose knees or ankles are nearer to the other leg's."""
    wrong = np.zeros(len(part.seen), bool)
    for left in (13, 15):
        pair, other = [left, left + 1], [left + 1, left]
        apart = np.linalg.norm(part.seen[:, pair] - part.true[:, pair], axis=-1)
        swapped = np.linalg.norm(part.seen[:, pair] - part.true[:, other], axis=-1)
        wrong |= (swapped < apart).any(1)
    return int(wrong.sum())


def line(name: str, rows: Sequence[np.ndarray]) -> str:
    mean, worst = np.mean(rows, axis=0), np.max(rows, axis=0)
    means = " | ".join(f"{value:.2f}" for value in mean)
    return f"| {name} | {means} | {' / '.join(f'{value:.1f}' for value in worst)} |"


def judge(
    clips: list[tuple[str, Part]], held: list[tuple[str, Part]], stills: list[tuple[str, Part]]
) -> None:
    dev, own = [p for _, p in clips], [p for _, p in stills]
    fit_on = [p for n, p in enumerate(own) if n % JUDGED_STILLS]
    unseen = [p for n, p in enumerate(own) if not n % JUDGED_STILLS]
    print(f"| | {' | '.join(JOINTS)} | worst clip or body |\n|---|---|---|---|---|")
    groups = {"clips": dev, "other clips": [p for _, p in held], "unseen stills": unseen}
    for name, parts in groups.items():
        if parts:
            print(line(f"{name}, as they are", [errors(p, None) for p in parts]))
    left_out = []
    for body in sorted({p.body for p in dev}):
        found = fitted([p for p in dev if p.body != body] + fit_on)
        left_out += [errors(p, found) for p in dev if p.body == body]
    print(line("clips, their body left out", left_out))
    if fit_on:
        alone = fitted(fit_on)
        print(line("clips, fitted on stills alone", [errors(p, alone) for p in dev]))
    found = fitted(dev + fit_on)
    for name in ("other clips", "unseen stills"):
        if groups[name]:
            print(line(f"{name}, fitted on the rest", [errors(p, found) for p in groups[name]]))
    for name, parts in groups.items():
        wrong, of = sum(crossed(p) for p in parts), sum(len(p.seen) for p in parts)
        print(f"{name}: {wrong} of {of} frames with crossed legs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, help="of one model, from collect.py")
    parser.add_argument("--held", nargs="*", default=[], help="beginnings of names of clips never fitted")
    parser.add_argument("--stills", type=Path, help="of the same model, from features.py")
    parser.add_argument("--aspect", type=float, default=0.5)
    parser.add_argument(
        "--bundled", type=Path, help="the bundled clip through windows of several sizes, for --write alone"
    )
    parser.add_argument("--write", type=Path, help="keep the map fitted on all but those never fitted")
    chosen = parser.parse_args()
    parts = clip_parts(chosen.clips)
    held = [p for p in parts if p[0].startswith(tuple(chosen.held))] if chosen.held else []
    clips = [p for p in parts if p not in held]
    stills = still_parts(chosen.stills, chosen.aspect) if chosen.stills else []
    judge(clips, held, stills)
    if chosen.write:
        everything = [p for _, p in clips] + [p for n, (_, p) in enumerate(stills) if n % JUDGED_STILLS]
        bundled = [p for _, p in clip_parts(chosen.bundled)] * BUNDLED_COUNTS if chosen.bundled else []
        found = fitted(everything + bundled)
        write_correction(found, chosen.write)
        for name, parts in (("bundled", bundled), ("other clips", [p for _, p in held])):
            if parts:
                print(line(f"{name}, as written", [errors(p, found) for p in parts]))
        print(f'file = "{chosen.write.name}"\nsha256 = "{sha256(chosen.write.read_bytes()).hexdigest()}"')


if __name__ == "__main__":
    main()

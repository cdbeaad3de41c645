"""An analysis as plain numbers: the JSON document other programs rely on.

The layout is a contract (docs/contracts.md): keys are only ever added. Degrees and seconds; None: unknown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from mirror.coach.feedback import SetSummary
from mirror.coach.patterns import find
from mirror.coach.words import Words, in_english
from mirror.knees.analysis import Analysis
from mirror.knees.decoration import spared
from mirror.knees.reading import Rep, RepLeg
from mirror.report.provenance import Provenance, provenance_document

SCHEMA = 1


def document(
    analysis: Analysis, source: Mapping[str, Any], summary: SetSummary, say: Words, made: Provenance
) -> dict[str, Any]:
    """The JSON document, its sentences in the words of `say`, reasons in English.

    source: what was analysed (name, frames, duration_s, model, ...). made: where the numbers are from.
    """
    camera = analysis.camera
    return {
        "schema": SCHEMA,
        "source": dict(source),
        "provenance": provenance_document(made),
        "camera": {
            "hfov_deg": _round(camera.hfov_deg),
            "tilt_deg": _round(camera.tilt_deg),
            "roll_deg": _round(camera.roll_deg),
            "height_m": _round(camera.height_m),
            "how_known": dict(camera.how_known),
        },
        "calibration": _calibration(analysis),
        "reps": [_rep(rep) for rep in analysis.reps],
        "not_counted": [
            {"kind": one.kind.value, "start_s": _round(one.start_s), "end_s": _round(one.end_s)}
            for one in analysis.others
        ],
        "patterns": _patterns(analysis, summary, say),
        "summary": {
            "reps": len(analysis.reps),
            "headline": say.line(summary.headline),
            "sentence": say.line(summary.sentence),
            "own_line": say.line(summary.own_line),
            "why_unknown": in_english(analysis.why_unknown),
        },
    }


def _calibration(analysis: Analysis) -> dict[str, Any]:
    azimuth = analysis.azimuth
    degrees = np.degrees(azimuth.value) if azimuth else (None, None)
    spread = np.degrees(azimuth.sd) if azimuth else (None, None)
    return {
        "stances": [
            {
                "from_s": None if math.isinf(placement.from_s) else _round(placement.from_s),
                "frames": placement.stance.frames,
                "distance_shanks": _round(float(placement.stance.depth.mean())),
            }
            for placement in analysis.placements
            if placement.stance
        ],
        "foot_azimuth_deg": {"left": _round(degrees[0]), "right": _round(degrees[1])},
        "foot_azimuth_sd_deg": {"left": _round(spread[0]), "right": _round(spread[1])},
        "foot_source": azimuth.source if azimuth else "none",
        "reference": analysis.reference,
    }


def _patterns(analysis: Analysis, summary: SetSummary, say: Words) -> list[dict[str, Any]]:
    """What several repetitions have in common, surest first."""
    sentences = dict(zip(summary.pattern_keys, summary.patterns, strict=True))
    return [
        {
            "key": pattern.key,
            "side": pattern.side,
            "seen": pattern.seen,
            "of": pattern.of,
            "most_deg": _round(pattern.most_deg),
            "sentence": say.line(sentences.get(pattern.key)),
        }
        for pattern in spared("patterns", lambda: find(analysis.reps), ())
    ]


def _rep(rep: Rep) -> dict[str, Any]:
    return {
        "n": rep.n,
        "start_s": _round(rep.start_s),
        "bottom_s": _round(rep.bottom_s),
        "end_s": _round(rep.end_s),
        "depth_deg": _round(rep.depth_deg),
        "depth_label": rep.depth_label,
        "left": _leg(rep.left),
        "right": _leg(rep.right),
        "mean_deviation_deg": _round(rep.mean_deviation_deg),
        "fppa_deg": {"left": _round(rep.fppa_left_deg), "right": _round(rep.fppa_right_deg)},
        "kasr": _round(rep.kasr),
        "is_reference": rep.is_reference,
    }


def _leg(leg: RepLeg) -> dict[str, Any]:
    return {
        "deviation_deg": _round(leg.deviation_deg),
        "deviation_at_bottom_deg": _round(leg.deviation_at_bottom_deg),
        "verdict": leg.verdict.value,
        "judged_share": _round(leg.judged_share),
        "why": leg.why.key.value if leg.why else None,
        "why_told": in_english(leg.why),
        "deep_deviation_deg": _round(leg.deep_deviation_deg),
        "baseline_deg": _round(leg.baseline_deg),
        "baseline_sd_deg": _round(leg.baseline_sd_deg),
        "inside_own_track_deg": _round(leg.inside_own_track_deg),
        "off_track_sure": _round(leg.off_track_sure),
    }


def _round(value: float | None, digits: int = 3) -> float | None:
    """Rounded; None for None and for what is no number."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)

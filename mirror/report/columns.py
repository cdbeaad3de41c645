"""What every column of the tables means: one place for docs/data.md and for the sidecar beside `--reps`.

Words only; what stands in the columns is for `reps_csv.py` and `frames_csv.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEGREES, SECONDS = "deg", "s"
"""As the Brain Imaging Data Structure (BIDS) writes units."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. units: "" where there is none. levels: what each of a few words in it means."""

    long_name: str
    description: str
    units: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)


VERDICTS = {
    "good": "the knee kept to its own track",
    "caution": "it is likely that the knee was a little inside its own track",
    "off_track": "it is likely that the knee was far inside its own track",
    "unknown": "nothing can be told; `why` says why",
}
SIDES = {"left": "the person's own left", "right": "the person's own right"}
PHASES = {"stand": "upright", "down": "on the way down", "up": "on the way up"}
DEPTHS = {
    "high": "thighs more than 15 degrees above parallel",
    "nearly parallel": "5 to 15 degrees above parallel",
    "parallel": "within 5 degrees of parallel",
    "below parallel": "more than 5 degrees below parallel",
    "unknown": "the thighs were not seen",
}
YES_NO = {"yes": "it was named as the reference", "no": "it was not"}

REPS: dict[str, Column] = {
    "file": Column("Input", "The video or keypoint recording, as it was named on the command line."),
    "rep": Column("Repetition", "Number of the repetition in its input, from 1; empty where there was none."),
    "leg": Column("Leg", "Whose leg the row is about. A repetition has a row for each.", levels=SIDES),
    "start_s": Column("Start", "When the hips began to go down, from the recording's second 0.", SECONDS),
    "bottom_s": Column("Bottom", "When the hips were lowest.", SECONDS),
    "end_s": Column("End", "When the hips were up again.", SECONDS),
    "depth_deg": Column(
        "Depth", "Elevation of the thighs at the bottom; 0 is parallel to the floor, + above it.", DEGREES
    ),
    "depth": Column("Depth in words", "`depth_deg` in a word.", levels=DEPTHS),
    "verdict": Column("Verdict", "Where the knee was against its own track.", levels=VERDICTS),
    "inside_own_track_deg": Column(
        "Inside its own track",
        "How far inside its own track the knee was while deep, which the verdict is about; + inside (valgus)."
        " With toes seen it is `deep_deviation_deg` less `baseline_deg`; of a leg of which nothing is known,"
        " how much further inside it was on the way up than on the way down.",
        DEGREES,
    ),
    "off_track_sure": Column(
        "How sure off track is",
        "How likely the knee was further inside its own track than off track asks, 0 to 1, with what is"
        " uncertain in its foot and its track; the verdict is made of it. Empty where the track is not"
        " known.",
    ),
    "deviation_deg": Column(
        "Largest deviation",
        "Largest smoothed lean of the shank out of its foot's vertical plane; + inward (valgus), 0 with the"
        " knee over the second toe.",
        DEGREES,
    ),
    "deviation_at_bottom_deg": Column(
        "Deviation at the bottom", "The same where the hips were lowest; + inward.", DEGREES
    ),
    "deep_deviation_deg": Column(
        "Deviation while deep",
        "The larger of its means over the deep half of the descent and of the ascent; + inward. Empty where"
        " nobody saw where the foot points.",
        DEGREES,
    ),
    "baseline_deg": Column(
        "Own track",
        "Deviation of this leg's own track, the line it takes when this person squats well, as far as all"
        " repetitions on these feet tell; + inward.",
        DEGREES,
    ),
    "baseline_sd_deg": Column(
        "Own track, sd", "How well its own track is known: a standard deviation.", DEGREES
    ),
    "judged_share": Column(
        "Share judged",
        "Share of the frames with the knee clearly bent in which the leg could be judged, 0 to 1.",
    ),
    "why": Column(
        "Why unknown", "Key of the reason for an unknown verdict (below); empty where it is known."
    ),
    "reference": Column("Reference", "Whether the others are judged against this one.", levels=YES_NO),
    "fppa_deg": Column(
        "Frontal plane projection angle",
        "180 degrees less the angle hip, knee, ankle in the picture, at the bottom; + inward. For comparison"
        " with papers: with toes out it reads the same for good and caving knees; nothing is judged on it.",
        DEGREES,
    ),
    "kasr": Column(
        "Knee-to-ankle separation ratio",
        "Distance of the knees over that of the ankles, sideways in the picture, at the bottom; 1 where they"
        " are alike, less where knees come together. The same in both rows; nothing is judged on it.",
    ),
    "sha256": Column("Checksum", "SHA-256 of the input's bytes."),
    "version": Column("Version", "Of Squat Mirror."),
    "model": Column("Pose model", "Setting `[model] name`; auto is what the version chooses at a desk."),
    "settings": Column(
        "Settings",
        "Digest of all settings, the reference and how pictures were turned: alike means judged alike.",
    ),
}

_OF_LEG = {
    "deviation_deg": Column(
        "{Side} deviation", "Smoothed lean of the {side} shank out of its foot's plane; + inward.", DEGREES
    ),
    "sd_deg": Column("{Side} deviation, sd", "How sure that is: a standard deviation.", DEGREES),
    "verdict": Column("{Side} verdict", "As a mark on the {side} knee would have shown it.", levels=VERDICTS),
    "inside_deg": Column(
        "{Side} inside", "The deviation less the {side} leg's own track's; + inside.", DEGREES
    ),
}


def _of_leg(side: str, what: str) -> dict[str, Column]:
    column = _OF_LEG[what]
    names = {"side": side, "Side": side.capitalize()}
    long_name, description = column.long_name.format(**names), column.description.format(**names)
    return {f"{side}_{what}": Column(long_name, description, column.units, column.levels)}


FRAMES: dict[str, Column] = {
    "t_s": Column("Time", "Presentation time of the frame, from the recording's second 0.", SECONDS),
    "phase": Column("Phase", "Where in the squat the person is.", levels=PHASES),
    "q": Column(
        "Squat progress",
        "1 less the hips' height over the ankles, in standing ones: 0 standing, about 0.5 at parallel.",
    ),
    "thigh_elevation_deg": Column(
        "Thigh elevation", "Of the legs that are seen; 0 parallel, + above.", DEGREES
    ),
    **_of_leg("left", "deviation_deg"),
    **_of_leg("left", "sd_deg"),
    **_of_leg("left", "verdict"),
    **_of_leg("right", "deviation_deg"),
    **_of_leg("right", "sd_deg"),
    **_of_leg("right", "verdict"),
    "why": Column("Why nobody is judged", "Key of the reason (below); empty where somebody is."),
    **_of_leg("left", "inside_deg"),
    **_of_leg("right", "inside_deg"),
}


def sidecar(columns: Mapping[str, Column]) -> dict[str, dict[str, Any]]:
    """What BIDS wants to stand in a JSON beside a table: for every column LongName, Description, Units and,
    where only a few words stand in it, Levels."""
    return {name: _described(column) for name, column in columns.items()}


def _described(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"LongName": column.long_name, "Description": column.description}
    if column.units:
        told["Units"] = column.units
    if column.levels:
        told["Levels"] = dict(column.levels)
    return told

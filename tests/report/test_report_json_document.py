"""The report's layout, which other programs read: keys, columns, and null where nothing is known."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from typing import Any

import pytest
import simulate
from judged import MADE, judged

from mirror.coach.summary import summarise
from mirror.coach.words import words
from mirror.knees.analysis import Analysis
from mirror.knees.reading import Verdict
from mirror.report.frames_csv import COLUMNS as FRAME_COLUMNS
from mirror.report.frames_csv import frames_csv
from mirror.report.json_document import document
from mirror.report.table import depth_words, leg_words, reps_table

REP_KEYS = {
    "n", "start_s", "bottom_s", "end_s", "depth_deg", "depth_label", "left", "right",
    "mean_deviation_deg", "fppa_deg", "kasr",
}  # fmt: skip
LEG_KEYS = {
    "deviation_deg", "deviation_at_bottom_deg", "verdict", "judged_share", "why", "why_told",
    "deep_deviation_deg", "baseline_deg", "baseline_sd_deg", "inside_own_track_deg", "off_track_sure",
}  # fmt: skip


ONE_BAD = ((0.0, 0.0), (14.0, 0.0), (0.0, 0.0))


def analysis(
    *, toes: bool, reference: int | None = None, deltas: tuple[tuple[float, float], ...] = ONE_BAD
) -> Analysis:
    squats = [simulate.Squat(delta=delta) for delta in deltas]
    sim = simulate.simulate(
        [simulate.Stand(1.5), *squats, simulate.Stand(0.6)], noise=simulate.Noise(sigma_px=0.8)
    )
    return judged(sim, reference, toes=toes)


def told(found: Analysis) -> dict[str, Any]:
    """The document as another program gets it: through strict JSON."""
    summary = summarise(found.reps, None, found.why_unknown)
    text = json.dumps(document(found, {"file": "clip.mp4"}, summary, words("en"), MADE), allow_nan=False)
    return json.loads(text)


def test_the_document_has_every_key_of_the_contract() -> None:
    doc = told(analysis(toes=True))
    assert doc["schema"] == 1
    assert doc.keys() >= {"schema", "source", "camera", "calibration", "reps", "patterns", "summary"}
    assert doc["camera"].keys() >= {"hfov_deg", "tilt_deg", "height_m", "how_known"}
    assert doc["calibration"].keys() >= {"foot_azimuth_deg", "foot_source", "reference"}
    assert doc["calibration"]["foot_azimuth_deg"].keys() == {"left", "right"}
    assert doc["patterns"] == []  # one bad squat of three is no pattern
    for rep in doc["reps"]:
        assert rep.keys() >= REP_KEYS
        assert rep["left"].keys() >= LEG_KEYS
        assert rep["right"].keys() >= LEG_KEYS
        assert rep["fppa_deg"].keys() == {"left", "right"}


def test_where_it_is_from_is_plain_values() -> None:
    made = told(analysis(toes=True))["provenance"]
    assert made.keys() == {
        "version", "date", "input_sha256", "model", "feet_model", "thresholds", "settings"
    }  # fmt: skip
    assert made["date"] == "2026-11-28T17:05:00Z"
    assert made["model"] == {"name": "lightning", "file": "lightning.tflite", "sha256": "cd" * 32}
    assert made["feet_model"] == {"name": None, "file": None, "sha256": None}
    assert made["thresholds"] == {
        "strictness": "standard", "caution_deg": 3.5, "caution_sure": 0.65, "off_track_deg": 5.5,
        "off_track_sure": 0.5, "first_sure": 0.7, "clear_deg": 1.5, "hold_s": 0.1, "smooth_tau_s": 0.08,
        "min_q": 0.1,
    }  # fmt: skip
    assert made["settings"] == {"camera.hfov_deg": 66.0}


def test_patterns_are_numbers_and_a_sentence_surest_first() -> None:
    doc = told(analysis(toes=True, deltas=((14.0, 14.0), (0.0, 0.0), (14.0, 14.0), (0.0, 0.0), (14.0, 14.0))))
    assert doc["patterns"]
    for pattern in doc["patterns"]:
        assert pattern.keys() == {"key", "side", "seen", "of", "most_deg", "sentence"}
        assert 2 <= pattern["seen"] <= pattern["of"] == 5
        assert pattern["sentence"]
    first = doc["patterns"][0]
    assert first["key"] == "from_start"
    assert f"on {first['seen']} of 5" in first["sentence"]


def test_numbers_and_verdicts_are_those_of_the_analysis() -> None:
    found = analysis(toes=True)
    doc = told(found)
    assert [rep["left"]["verdict"] for rep in doc["reps"]] == ["good", "off_track", "good"]
    assert [rep["right"]["verdict"] for rep in doc["reps"]] == ["good", "good", "good"]
    for rep, row in zip(found.reps, doc["reps"], strict=True):
        assert row["left"]["deviation_deg"] == pytest.approx(rep.left.deviation_deg, abs=1e-3)
        assert row["start_s"] == pytest.approx(rep.start_s, abs=1e-3)
    assert doc["calibration"]["foot_source"] == "toes"
    assert doc["calibration"]["foot_azimuth_deg"]["left"] == pytest.approx(18, abs=4)


def test_a_reference_is_named() -> None:
    doc = told(analysis(toes=True, reference=1))
    assert doc["calibration"]["reference"] == 1
    assert doc["calibration"]["foot_source"] == "toes+reference"
    assert [rep["is_reference"] for rep in doc["reps"]] == [True, False, False]


def test_what_is_unknown_is_null_and_said_why() -> None:
    doc = told(analysis(toes=False, deltas=((0.0, 0.0),)))
    assert doc["calibration"]["foot_source"] == "none"
    assert doc["calibration"]["foot_azimuth_deg"] == {"left": None, "right": None}
    assert doc["calibration"]["reference"] is None
    assert doc["camera"]["height_m"] is None
    for rep in doc["reps"]:
        assert rep["mean_deviation_deg"] is None
        left = dict(rep["left"])
        assert left.pop("verdict") == "unknown"
        assert left.pop("judged_share") == 0.0
        assert left.pop("why") == "name_reference"
        assert left.pop("why_told") == "no foot direction: name a good repetition with --reference N"
        assert set(left.values()) == {None}
        assert rep["depth_deg"] is not None  # depth needs no foot direction
    assert "foot direction" in doc["summary"]["why_unknown"]


def test_no_number_that_is_none_slips_into_the_document() -> None:
    found = analysis(toes=True)
    odd = replace(found.reps[0], kasr=math.nan, fppa_left_deg=math.inf)
    doc = told(replace(found, reps=[odd, *found.reps[1:]]))
    assert doc["reps"][0]["kasr"] is None
    assert doc["reps"][0]["fppa_deg"]["left"] is None


def test_the_frame_table_has_a_line_a_frame_and_is_empty_where_unknown() -> None:
    found = analysis(toes=True)
    rows = list(csv.DictReader(io.StringIO(frames_csv(found))))
    assert tuple(rows[0]) == FRAME_COLUMNS
    assert len(rows) == len(found.t)
    assert [float(row["t_s"]) for row in rows] == pytest.approx(found.t, abs=1e-4)
    standing = rows[0]
    assert (standing["phase"], standing["left_verdict"], standing["left_deviation_deg"]) == (
        "stand",
        "unknown",
        "",
    )
    off = [row for row in rows if row["left_verdict"] == "off_track"]
    assert off
    assert max(float(row["left_deviation_deg"]) for row in off if row["left_deviation_deg"]) > 8
    assert not {"nan", "inf", "None"} & {cell for row in rows for cell in row.values()}


# -- the table a person reads


def printed(found: Analysis, title: str, width: int = 80) -> str:
    from rich.console import Console

    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(reps_table(found.reps, title))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_table_names_the_person_s_left_first_and_marks_the_reference() -> None:
    lines = printed(analysis(toes=True, reference=1), "clip.mp4").splitlines()
    assert lines[0].strip() == "clip.mp4"
    heading = next(line for line in lines if "left knee" in line)
    assert heading.index("left knee") < heading.index("right knee")
    assert "ref 1" in next(line for line in lines if "good" in line)
    second = next(line for line in lines if "off track" in line)
    assert second.index("off track") < second.index("good")


@pytest.mark.parametrize("name", ["clip[bold].mp4", "a[/]b.mp4", ":smile:.mp4", "[link=x]y"])
def test_a_file_s_name_is_shown_as_it_is(name: str) -> None:
    assert printed(analysis(toes=False), name).splitlines()[0].strip() == name


@pytest.mark.parametrize("width", [80, 60, 50])
def test_no_number_is_cut_off_where_the_terminal_is_narrow(width: int) -> None:
    found = analysis(toes=True, reference=1)
    long = replace(
        found.reps[1], n=12, start_s=111.8, end_s=114.1, depth_deg=-10.0, depth_label="nearly parallel"
    )
    text = printed(replace(found, reps=[found.reps[0], long]), "clip.mp4", width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    assert len(text.splitlines()) == 5 or width < 80


def test_verdicts_differ_in_shape_and_word_not_only_in_colour() -> None:
    unknown = analysis(toes=False, deltas=((0.0, 0.0),)).reps[0].left
    reps = {v: replace(unknown, verdict=v, why=None) for v in Verdict}
    told_as = {leg_words(leg).split("]")[1].split("[")[0] for leg in reps.values()}
    assert told_as == {"● good", "▲ caution", "■ off track", "? unknown"}


def test_unknown_depth_is_said() -> None:
    rep = analysis(toes=False).reps[0]
    assert depth_words(replace(rep, depth_deg=None)) == "unknown"
    assert depth_words(replace(rep, depth_deg=12.4, depth_label="nearly parallel")) == "nearly parallel +12°"

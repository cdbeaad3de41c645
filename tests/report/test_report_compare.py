"""Two sets compared: numbers a person can check, unknown where sets can't be compared, and never a cause."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import simulate
from judged import judged
from report_sets import BOTH, GOOD, Delta, simulated

from mirror.cli import main
from mirror.report.compare import (
    Comparison,
    SetOfReps,
    compare,
    comparison_document,
    comparison_table,
    set_of_reps,
)

CAUSES = "because|weak|imbalance|dysfunction|injur|risk|diagnos|correct|treat|prevent|caused"


@cache
def done(
    *deltas: Delta, depth_deg: float = 0.0, reference: int | None = None, toes: bool = True
) -> SetOfReps:
    found = judged(simulated(*deltas, depth_deg=depth_deg), reference=reference, toes=toes)
    return set_of_reps("a set.mp4", None, found)


CAVING = ((1.0, 1.0), *((14.0, 1.0),) * 3)
CLEAN = ((2.0, 1.0),) * 4


def told(found: Comparison) -> str:
    return " ".join(found.sentences)


def printed(found: Comparison) -> str:
    from rich.console import Console

    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(comparison_table(found))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_figures_are_those_of_the_repetitions() -> None:
    found = judged(simulated(GOOD, BOTH, GOOD))
    one = set_of_reps("x.mp4", None, found)
    deep = [rep.left.deep_deviation_deg or 0.0 for rep in found.reps]
    assert one.left.mean_deg == pytest.approx(sum(deep) / 3)
    assert one.left.peak_deg == max(deep)
    assert (one.left.judged, one.left.good, one.reps) == (3, 2, 3)
    assert one.depth_deg == pytest.approx(sum(rep.depth_deg or 0.0 for rep in found.reps) / 3)


def test_a_leg_that_differs_is_told_in_degrees_and_the_other_as_the_same() -> None:
    found = compare(done(*CAVING), done(*CLEAN))
    left, right = found.sentences[:2]
    match = re.fullmatch(r"Left knee: ([+-]\d+)° on A, ([+-]\d+)° on B: (\d+)° further out on B\.", left)
    assert match
    before, after, apart = map(int, match.groups())
    assert apart == before - after  # a person can check it
    assert 6 <= apart <= 14
    assert found.left_deg == pytest.approx(-10, abs=4)
    assert "about the same" in right


def test_the_other_way_round_it_is_further_in() -> None:
    one, other = compare(done(*CAVING), done(*CLEAN)), compare(done(*CLEAN), done(*CAVING))
    assert "further in on B" in other.sentences[0]
    assert one.left_deg == pytest.approx(-(other.left_deg or 0.0))


def test_no_cause_is_ever_named_and_it_says_so() -> None:
    for pair in ((CAVING, CLEAN), (CLEAN, CAVING), (CLEAN, CLEAN)):
        words = told(compare(done(*pair[0]), done(*pair[1])))
        assert not re.search(CAUSES, words, re.I), words
        assert words.endswith("Two sets show what differed, not why.")


def test_the_reference_is_left_out() -> None:
    one = done(GOOD, BOTH, BOTH, reference=1)
    assert (one.reps, one.left.judged, one.left.good) == (2, 2, 0)
    assert one.foot_source == "toes+reference"
    found = compare(one, done(GOOD, GOOD, GOOD, reference=1))
    assert "its own reference" in told(found)
    assert "further out on B" in found.sentences[0]


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        (lambda: done(*CLEAN, toes=False), lambda: done(*CLEAN), "no foot direction on A"),
        (lambda: done(*CLEAN), lambda: done(*CLEAN, toes=False), "no foot direction on B"),
        (
            lambda: done(*CLEAN),
            lambda: done(GOOD, *CLEAN, reference=1),
            "from the toes on A, from toes and reference on B",
        ),
        (lambda: done(*CLEAN), lambda: replace(done(*CLEAN), model="another"), "different models"),
        (lambda: done(*CLEAN), lambda: done(GOOD), "judged in 1 of 1 squats on B, and 2 are needed"),
        (
            lambda: done(GOOD, GOOD, reference=1),
            lambda: done(GOOD, *CLEAN, reference=1),
            "besides the reference on A",
        ),
    ],
    ids=["no feet A", "no feet B", "other feet", "other model", "one squat", "one besides the reference"],
)
def test_what_can_t_be_compared_is_unknown_with_its_reason(
    a: Callable[[], SetOfReps], b: Callable[[], SetOfReps], why: str
) -> None:
    found = compare(a(), b())
    assert (found.left_deg, found.right_deg) == (None, None)
    assert found.sentences[0].startswith("Both knees: unknown, ")
    assert why in found.sentences[0]
    assert "not why" not in told(found)
    assert "unknown" in printed(found)
    doc = comparison_document(found)
    assert doc["difference"]["left_deg"] is None
    assert why in doc["why_unknown"]["right"]


def test_one_leg_may_be_unknown_alone() -> None:
    one = done(*CLEAN)
    hidden = replace(one, right=replace(one.right, judged=0, good=0, mean_deg=None, peak_deg=None))
    found = compare(one, hidden)
    assert found.left_deg == pytest.approx(0.0)
    assert found.sentences[1] == "Right knee: unknown, judged in 0 of 4 squats on B, and 2 are needed."
    assert "unknown" in printed(found)


def test_sets_of_other_depths_are_not_like_for_like() -> None:
    deep, high = done(*CLEAN, depth_deg=-5.0), done(*CLEAN, depth_deg=20.0)
    assert "deeper, so it is not like for like" in told(compare(high, deep))
    assert "higher, so it is not like for like" in told(compare(deep, high))
    assert "like for like" not in told(compare(deep, deep))


def test_the_table_has_both_sets_and_fits_80_columns() -> None:
    a = replace(done(*CAVING), name="[bold]flat.mp4")
    text = printed(compare(a, replace(done(*CLEAN), name="plates.mp4")))
    assert "A: [bold]flat.mp4" in text
    assert "B: plates.mp4" in text
    assert max(map(len, text.splitlines())) <= 80
    good = next(line for line in text.splitlines() if line.startswith("left knee good"))
    assert "1 of 4" in good
    assert "4 of 4" in good


def test_how_close_is_the_same_depends_on_what_the_feet_are_known_from() -> None:
    for source, apart, same in (("toes", 5.0, True), ("toes", 6.0, False), ("reference", 4.0, False)):
        one = replace(done(*CLEAN), foot_source=source)
        left = replace(one.left, mean_deg=(one.left.mean_deg or 0.0) // 1)
        other = replace(left, mean_deg=(left.mean_deg or 0.0) + apart)
        sentence = compare(replace(one, left=left), replace(one, left=other)).sentences[0]
        assert ("about the same" in sentence) == same


# -- from the command line


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name, deltas in (("flat", CAVING), ("plates", CLEAN)):
        simulate.save_recording(simulated(*deltas), tmp_path / f"{name}.npz")
    return ["flat.npz", "plates.npz"]


def test_analyze_compares_two_inputs_and_writes_compare_json(
    two: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", *two, "--compare", "--json", "out"]) == 0
    told = capsys.readouterr().out
    assert "further out on B" in told
    doc = json.loads(Path("out/compare.json").read_text("utf-8"))
    assert (doc["schema"], doc["a"]["file"], doc["b"]["file"]) == (1, "flat.npz", "plates.npz")
    assert doc["difference"]["left_deg"] < -6
    assert doc["a"]["left"]["good_share"] == 0.25
    assert doc["b"]["left"]["good_share"] == 1.0
    assert doc["sentences"][0] in " ".join(told.split())
    assert {path.name for path in Path("out").iterdir()} == {"flat.json", "plates.json", "compare.json"}


def test_compare_overwrites_nothing_without_leave(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    Path("out/compare.json").write_text("mine")
    assert main(["analyze", *two, "--compare", "--json", "out"]) == 2
    assert "compare.json exists" in capsys.readouterr().err
    assert Path("out/compare.json").read_text() == "mine"


@pytest.mark.parametrize("count", [1, 3])
def test_compare_takes_two_inputs(two: list[str], capsys: pytest.CaptureFixture[str], count: int) -> None:
    assert main(["analyze", *(two * 2)[:count], "--compare"]) == 2
    assert capsys.readouterr().err == f"squat-mirror: --compare takes two inputs, not {count}.\n"


def test_with_one_bad_input_nothing_is_compared(two: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", two[0], "nope.npz", "--compare"]) == 2
    said = capsys.readouterr()
    assert said.err == "squat-mirror: nope.npz does not exist.\n"
    assert "on B" not in said.out

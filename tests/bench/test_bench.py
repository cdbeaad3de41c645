"""The bench times the real mirror and says so in a table and in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from mirror import stopwatch
from mirror.cli import main
from mirror.stopwatch import Laps


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    output = tmp_path_factory.mktemp("bench") / "bench.json"
    assert main(["bench", "--seconds", "2.5", "--json", str(output)]) == 0
    found: dict[str, object] = json.loads(output.read_text("utf-8"))
    return found


def test_every_stage_of_a_frame_was_timed(measured: dict[str, dict[str, dict[str, float]]]) -> None:
    stages = measured["stages"]
    assert {"wait", "window", "invoke", "decode", "knees", "coach", "lights", "draw"} <= stages.keys()
    for stage in stages.values():
        assert stage["laps"] > 0
        assert 0 <= stage["median_ms"] <= stage["p95_ms"]


def test_the_sum_is_of_what_a_frame_costs_and_waiting_costs_nothing(measured: dict[str, dict]) -> None:  # type: ignore[type-arg]
    stages = measured["stages"]
    costs = {name: took["median_ms"] for name, took in stages.items() if name not in ("wait", "feet")}
    assert measured["sum_ms"] == pytest.approx(sum(costs.values()))
    ours = sum(ms for name, ms in costs.items() if name not in ("invoke", "draw"))
    assert measured["overhead_ratio"] == pytest.approx(ours / costs["invoke"])


def test_the_desk_the_kernel_and_the_start_are_told_too(measured: dict[str, dict[str, float]]) -> None:
    assert measured["desk"]["times_real_time"] > 0
    assert measured["kernel"]["frames"] > 500
    assert measured["kernel"]["frames_per_s"] > 0
    assert measured["kernel"]["batch_frames_per_s"] > 0
    start = measured["start_up"]
    assert 0 < start["built_s"] <= start["screen_s"] <= start["first_pose_s"]
    assert start["help_ratio"] == pytest.approx(start["help_s"] / start["python_s"])


def test_both_views_are_drawn_and_compared_with_a_plain_copy(measured: dict[str, dict]) -> None:  # type: ignore[type-arg]
    for view in ("reflection", "camera"):
        took = measured["drawing"][view]
        assert took["ratio_to_blit"] > 0
        assert took["median_ms"] > 0
        assert took["blit_ms"] > 0


def test_a_json_that_is_there_is_not_overwritten_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "bench.json"
    kept.write_text("mine", "utf-8")
    assert main(["bench", "--json", str(kept)]) == 2
    assert "exists" in capsys.readouterr().err
    assert kept.read_text("utf-8") == "mine"


def test_laps_belong_to_the_stage_that_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0] + [10.0 * n + t for n in range(3) for t in (1.0, 1.5, 1.75)])
    monkeypatch.setattr(stopwatch, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    laps = Laps()
    for _ in range(3):
        laps.start()
        laps.mark("long")
        laps.mark("short")
    took = laps.took()
    assert list(took) == ["long", "short"]
    assert took["long"].laps == took["short"].laps == 3
    assert (took["long"].median_ms, took["short"].median_ms) == (500.0, 250.0)

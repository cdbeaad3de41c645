"""The network in use: chosen once for a machine, down with heat or a slow pace, up again later."""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import simulate
from service.live_camera import Live

from mirror.camera.frame import Frame, Layout
from mirror.coach.feedback import Feedback, State
from mirror.faults import BadInput
from mirror.pose import catalog, choice
from mirror.pose.catalog import DEFAULT_MODEL, ModelEntry, find, models_folder
from mirror.pose.choice import Choice
from mirror.pose.people import PersonTracker
from mirror.pose.pose_net import PoseNet
from mirror.service.heat import ModelStep
from mirror.service.throttling import Effort
from mirror.settings import Settings
from mirror.station.model_pace import Steady, Stepping, pace_for
from mirror.station.station import Station

SMALL = "movenet_lightning_192x128_mixed_u8"
LADDER = Choice(DEFAULT_MODEL, 1, "chosen", (SMALL, DEFAULT_MODEL))
PLENTY = 100.0


def run(step: ModelStep, seconds: range, effort: Effort, per_s: float | None) -> list[int]:
    return [step.update(float(t), effort, per_s) for t in seconds]


# -- the rule ----------------------------------------------------------------------------------------------


def test_heat_takes_a_rung_a_step_at_once() -> None:
    step = ModelStep(3, 15)
    assert step.update(0, Effort.FULL, PLENTY) == 2
    assert step.update(1, Effort.LESS, PLENTY) == 1
    assert step.update(2, Effort.LEAST, PLENTY) == 0


def test_cool_again_it_goes_up_a_rung_at_a_time_and_only_after_a_while() -> None:
    step = ModelStep(3, 15, calm_s=100)
    step.update(0, Effort.LEAST, PLENTY)
    rungs = run(step, range(1, 230), Effort.FULL, PLENTY)
    assert rungs[:100] == [0] * 100
    assert rungs[105] == 1
    assert rungs[-1] == 2


def test_cool_again_it_goes_back_where_it_was_though_nobody_came_since() -> None:
    step = ModelStep(3, 15, calm_s=100)
    run(step, range(10), Effort.LEAST, None)
    rungs = run(step, range(10, 330), Effort.FULL, None)
    assert rungs[95] == 0
    assert rungs[-1] == 2


def test_too_slow_before_the_heat_is_too_slow_after_it() -> None:
    step = ModelStep(3, 15, calm_s=100)
    run(step, range(30), Effort.FULL, 8.0)
    run(step, range(30, 40), Effort.LEAST, None)
    assert set(run(step, range(40, 1000), Effort.FULL, None)) == {0, 1}


def test_heat_that_comes_and_goes_does_not_swing_it() -> None:
    step = ModelStep(2, 15, calm_s=100)
    rungs = [step.update(float(t), Effort.LESS if t % 60 < 5 else Effort.FULL, PLENTY) for t in range(600)]
    assert set(rungs) == {0}


def test_a_pace_too_slow_for_twenty_seconds_costs_a_rung_and_a_short_one_nothing() -> None:
    step = ModelStep(2, 15)
    assert run(step, range(15), Effort.FULL, 8.0)[-1] == 1
    assert run(step, range(15, 18), Effort.FULL, 14.0)[-1] == 1  # slow, but not too slow: begins anew
    assert run(step, range(18, 37), Effort.FULL, 8.0)[-1] == 1
    assert run(step, range(37, 40), Effort.FULL, 8.0)[-1] == 0


def test_without_room_to_spare_it_stays_down() -> None:
    step = ModelStep(2, 15, calm_s=50)
    run(step, range(30), Effort.FULL, 8.0)
    assert run(step, range(30, 1000), Effort.FULL, 18.0)[-1] == 0


def test_a_step_up_that_proves_too_slow_doubles_the_wait() -> None:
    step = ModelStep(2, 15, calm_s=100)
    per_s = {0: 30.0, 1: 8.0}  # the larger one is too slow here, whatever the smaller one promises
    ups = []
    for t in range(2000):
        before = step.rung
        step.update(float(t), Effort.FULL, per_s[before])
        if step.rung > before:
            ups.append(t)
    gaps = np.diff(ups)
    assert len(ups) >= 3
    assert (gaps[1:] > 1.5 * gaps[:-1]).all()


def test_on_the_lowest_of_one_nothing_moves() -> None:
    step = ModelStep(1, 15)
    assert set(run(step, range(300), Effort.LEAST, 1.0)) == {0}


# -- real networks -----------------------------------------------------------------------------------------


def opens(entry: ModelEntry, threads: int) -> PoseNet:
    return PoseNet(entry, threads=threads)


def stepping(folder: Path, effort: Effort = Effort.FULL, chosen: Choice | None = LADDER) -> Stepping:
    return Stepping(opens, lambda: effort, folder, chosen=chosen)


def test_with_heat_the_smaller_network_is_handed_over_once_nobody_is_there(tmp_path: Path) -> None:
    pace = stepping(tmp_path, Effort.LESS)
    assert pace.after(0.0, 0.02, nobody=False) is None
    assert pace._loading is not None
    pace._loading.join()
    for t in range(1, 50):  # somebody squats: whatever the heat, their network stays
        assert pace.after(float(t), 0.02, nobody=False) is None
    net = pace.after(51.0, 0.02, nobody=True)
    assert net is not None
    assert net.name == SMALL
    assert pace.after(52.0, 0.02, nobody=True) is None


def test_a_kept_choice_is_not_made_again(tmp_path: Path) -> None:
    assert stepping(tmp_path).begin(lambda share: pytest.fail("nothing should be timed")) is None


def test_the_first_start_times_the_networks_tells_how_far_it_is_and_keeps_the_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirror.station.model_pace.FIRST_ROUNDS", 1)
    shares: list[float] = []
    net = stepping(tmp_path, chosen=None).begin(lambda share: not shares.append(share))
    kept = choice.kept(tmp_path, choice.machine("auto"))
    assert kept is not None
    assert net is not None
    assert net.name == kept.model
    assert shares == sorted(shares)
    assert shares[0] == 0.0  # before the networks are loaded
    assert shares[-1] == 1.0


def test_a_mirror_that_is_stopped_meanwhile_keeps_no_choice(tmp_path: Path) -> None:
    assert stepping(tmp_path, chosen=None).begin(lambda share: False) is None
    assert list(tmp_path.iterdir()) == []


def test_the_tracker_goes_on_with_the_other_network() -> None:
    tracker = PersonTracker(opens(find(DEFAULT_MODEL), 1))
    grey = np.full((480, 640, 3), 90, np.uint8)
    tracker.see(Frame(grey, 0.0, 0, Layout.RGB, (480, 640)))
    marks: list[str] = []
    tracker.mark_with(marks.append)
    tracker.use(opens(find(SMALL), 1))
    tracker.see(Frame(grey, 0.1, 1, Layout.RGB, (480, 640)))
    assert "invoke" in marks
    assert tracker.window is None


# -- what a mirror begins with -----------------------------------------------------------------------------


def begun(folder: Path, name: str, *, live: bool = True) -> tuple[PoseNet, object]:
    settings = Settings.model_validate({"model": {"name": name}})
    return pace_for(settings, live=live, folder=folder, effort=lambda: Effort.FULL)


def test_a_clip_is_judged_by_the_default_whatever_suits_this_machine(tmp_path: Path) -> None:
    choice.keep(tmp_path, Choice(SMALL, 1, "", (SMALL,)), [], choice.machine("auto"))
    net, pace = begun(tmp_path, "auto", live=False)
    assert net.name == DEFAULT_MODEL
    assert isinstance(pace, Steady)
    assert begun(tmp_path, "auto")[0].name == SMALL


def test_a_model_somebody_named_stays(tmp_path: Path) -> None:
    net, pace = begun(tmp_path, SMALL)
    assert net.name == SMALL
    assert isinstance(pace, Steady)


def test_a_named_model_that_was_cut_gives_way_to_the_default_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    spoilt = tmp_path / "models"
    shutil.copytree(models_folder(), spoilt)
    whole = find(SMALL, spoilt).path.read_bytes()
    find(SMALL, spoilt).path.write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(catalog, "models_folder", lambda: spoilt)
    catalog.entries.cache_clear()
    try:
        with caplog.at_level(logging.WARNING):
            assert begun(tmp_path, SMALL)[0].name == DEFAULT_MODEL
        assert f"{DEFAULT_MODEL} is used instead" in caplog.text
        find(DEFAULT_MODEL, spoilt).path.write_bytes(b"no network at all")
        with pytest.raises(BadInput, match=DEFAULT_MODEL):
            begun(tmp_path, SMALL)
    finally:
        catalog.entries.cache_clear()


def test_without_xnnpack_another_choice_is_made_and_networks_run_without_it(tmp_path: Path) -> None:
    choice.keep(tmp_path, Choice(SMALL, 1, "", (SMALL,)), [], choice.machine("auto"))
    plain = Settings.model_validate({"model": {"xnnpack": False}})
    net, _ = pace_for(plain, live=True, folder=tmp_path, effort=lambda: Effort.FULL)
    assert net.name == DEFAULT_MODEL  # what was chosen with XNNPACK says nothing
    assert net.runtime.endswith("without XNNPACK")


# -- a whole station


def test_a_station_s_first_start_shows_that_it_begins_and_its_next_one_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    monkeypatch.setattr("mirror.station.model_pace.FIRST_ROUNDS", 1)
    settings = Settings.model_validate({"lights": {"kind": "none"}, "store": {"keep_days": 0}})
    shown: list[list[Feedback]] = []
    stands, tick = simulate.simulate([simulate.Stand(60.0)]), threading.Event()
    for _ in range(2):
        camera = Live([stands])
        station = Station(settings, camera, "a camera", None, threading.Event())
        camera.mailbox = station.mailbox
        begun = station.eyes._starting
        shown.append([])

        def starting(share: float, begun=begun, eyes=station.eyes) -> bool:
            go_on = begun(share)
            shown[-1].append(eyes.feedback)
            return go_on

        monkeypatch.setattr(station.eyes, "_starting", starting)
        with caplog.at_level(logging.INFO), station.running():
            while not station.eyes.tally.judged:
                assert not station.over, "it ended before anything was judged"
                tick.wait(0.01)
        station.check()
    first, second = shown
    assert {moment.state for moment in first} == {State.STARTING}
    assert [first[0].progress, first[-1].progress] == [0.0, 1.0]
    assert second == []
    assert caplog.text.count("timing the networks on this machine, once") == 1
    kept = choice.kept(tmp_path, choice.machine("auto"))
    assert kept is not None
    assert f"model: {kept.model}, {kept.why}" in caplog.text

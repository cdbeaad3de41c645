"""A recording played live is judged by the toes that are stored in it, and so as the desk judges it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from station.feeding import PATIENCE_S, NoNet, Patient, feed

from mirror.camera.frame import Frame, Layout
from mirror.camera.recording import Recording, RecordingSource, load
from mirror.coach.coach import Coach, CoachRules
from mirror.coach.words import words
from mirror.desk.study import study
from mirror.fitting.from_recording import RecordedToes, recorded_toes
from mirror.knees.constants import ANATOMICAL
from mirror.knees.foot_placements import FootPlacement
from mirror.knees.reading import Rep, Verdict
from mirror.pose.people import PersonTracker
from mirror.service.events import EventLog
from mirror.settings import LightsSettings, Settings
from mirror.signals.lights import MockLights
from mirror.station.eyes import Eyes
from mirror.station.knee_watch import toes_for, watch_for
from mirror.station.sight import Judging, Looking, Telling
from mirror.station.station import Station

RENDERED = Path(__file__).parents[1] / "data" / "rendered"
REAL = Path(__file__).parents[1] / "data" / "real"
SQUATS = sorted(path.stem for path in RENDERED.glob("*.npz") if not path.stem.startswith("not-"))
REFERENCE = {"asked for": Settings(), "off": Settings.model_validate({"coach": {"reference": "off"}})}
WORSE = [Verdict.UNKNOWN, Verdict.GOOD, Verdict.CAUTION, Verdict.OFF_TRACK]
CAUGHT_UP = 2
"""Repetitions after which hindsight adds little: live, each counts for the feet from the next one on."""


def live(recording: Recording, settings: Settings) -> list[Rep]:
    """What the eyes make of it, with the watch and the toes a station gives them."""
    source, mailbox = RecordingSource(recording, pace=False), Patient()
    eyes = Eyes(
        mailbox,
        Looking(PersonTracker(NoNet()), toes_for(settings, source)),  # type: ignore[arg-type]
        Judging(lambda frame, _: watch_for(settings, source, frame, ANATOMICAL), lambda: Coach(CoachRules())),
        Telling(
            MockLights(LightsSettings(kind="mock")), EventLog(None, words("en")), second_zero=lambda: 0.0
        ),
    )
    eyes.start()
    feed(eyes, mailbox, source.frames())
    mailbox.close()
    assert eyes.done.wait(PATIENCE_S)
    assert eyes.fault is None
    return list(eyes.reps)


def verdicts(reps: list[Rep]) -> list[tuple[Verdict, Verdict]]:
    return [(rep.left.verdict, rep.right.verdict) for rep in reps]


def deviations(reps: list[Rep]) -> list[float | None]:
    return [leg.deviation_deg for rep in reps for leg in (rep.left, rep.right)]


@pytest.mark.parametrize("how", REFERENCE)
@pytest.mark.parametrize("name", SQUATS)
def test_played_live_it_is_judged_as_at_the_desk(name: str, how: str) -> None:
    path, settings = RENDERED / f"{name}.npz", REFERENCE[how]
    played = live(load(path), settings)
    at_the_desk = study(path, settings, 1 if how == "asked for" else None).analysis.reps
    assert [rep.n for rep in played] == [rep.n for rep in at_the_desk]
    assert Verdict.UNKNOWN not in {verdict for pair in verdicts(played) for verdict in pair}
    played, at_the_desk = played[CAUGHT_UP:], at_the_desk[CAUGHT_UP:]
    if how == "asked for":  # off track, once lit, is not unsaid: live is never kinder
        assert all(WORSE.index(a) >= WORSE.index(b) for a, b in together(played, at_the_desk))
    steps = [abs(WORSE.index(a) - WORSE.index(b)) for a, b in together(played, at_the_desk)]
    assert max(steps) <= 1
    assert sum(steps) <= 1
    assert deviations(played) == pytest.approx(deviations(at_the_desk), abs=4.0)
    apart = np.subtract(deviations(played), deviations(at_the_desk))
    assert np.median(np.abs(apart)) < 1.5


def together(one: list[Rep], other: list[Rep]) -> list[tuple[Verdict, Verdict]]:
    """The verdicts on the same leg in the same repetition."""
    return [
        pair for a, b in zip(verdicts(one), verdicts(other), strict=True) for pair in zip(a, b, strict=True)
    ]


def test_a_clip_of_one_second_is_judged_by_a_last_look_at_the_feet() -> None:
    """It ends before anybody who stands could be looked at, and before the hips are quite up again."""
    (rep,) = live(load(REAL / "r02_fast_loop.npz"), REFERENCE["off"])
    assert verdicts([rep]) == [(Verdict.GOOD, Verdict.GOOD)]


def test_without_toes_and_without_a_reference_the_set_itself_tells_its_knees_apart() -> None:
    seen = load(RENDERED / f"{SQUATS[0]}.npz")
    bare = replace(seen, toes=None, toes_t=None, toes_each=None)
    with_toes, without = (live(one, REFERENCE["off"]) for one in (seen, bare))
    assert all(rep.features is None or rep.features.foot_source == "none" for rep in without)
    assert sum(a is b for a, b in together(with_toes, without)) >= 0.8 * 2 * len(with_toes)


def test_toes_for_wherever_the_feet_are_count_too() -> None:
    seen = load(RENDERED / f"{SQUATS[0]}.npz")
    assert seen.toes is not None
    plain = replace(seen, toes_t=None, toes_each=None)
    assert verdicts(live(plain, REFERENCE["off"])) == verdicts(live(seen, REFERENCE["off"]))


# -- feet that are placed anew

LEFT_TIPS, RIGHT_TIPS = np.full((2, 2), 0.1, np.float32), np.full((2, 2), 0.9, np.float32)


def moved(seen: Recording, across: float) -> Recording:
    """The same, but from the middle on everybody stands further to the right in the picture."""
    keypoints = seen.keypoints.copy()
    keypoints[len(keypoints) // 2 :, :, 1] += across
    times = np.array([seen.t[len(seen.t) // 10], seen.t[-10]])
    return replace(
        seen, keypoints=keypoints, toes=None, toes_t=times, toes_each=np.stack([LEFT_TIPS, RIGHT_TIPS])
    )


def tips(recording: Recording, index: int, zero: float = 0.0) -> np.ndarray | None:
    dark = np.zeros((4, 3, 3), np.uint8)
    frame = Frame(dark, float(recording.t[index]) + zero, index, Layout.BGR, recording.image_size)
    return RecordedToes(recording, lambda: zero).next(frame, recording.keypoints[index])


@pytest.mark.parametrize("zero", [0.0, 5000.0])
def test_each_placing_of_the_feet_has_its_own_toes_as_soon_as_they_stand_there(zero: float) -> None:
    there = moved(load(RENDERED / f"{SQUATS[0]}.npz"), 0.1)
    middle = len(there.t) // 2
    assert tips(there, 5, zero) is not None
    assert (tips(there, 5, zero) == LEFT_TIPS).all()
    assert (tips(there, middle - 5, zero) == LEFT_TIPS).all()
    assert (tips(there, middle + 5, zero) == RIGHT_TIPS).all()
    assert (tips(there, len(there.t) - 1, zero) == RIGHT_TIPS).all()


def test_feet_where_nobody_saw_toes_have_none() -> None:
    there = moved(load(RENDERED / f"{SQUATS[0]}.npz"), 0.1)
    assert there.toes_t is not None
    assert there.toes_each is not None
    only_first = replace(there, toes_t=there.toes_t[:1], toes_each=there.toes_each[:1])
    assert tips(only_first, 5) is not None
    assert tips(only_first, len(there.t) - 1) is None


def test_on_the_same_place_the_nearest_in_time_count() -> None:
    there = moved(load(RENDERED / f"{SQUATS[0]}.npz"), 0.0)
    assert (tips(there, 5) == LEFT_TIPS).all()
    assert (tips(there, len(there.t) - 1) == RIGHT_TIPS).all()


def test_tips_of_no_known_time_are_of_the_first_feet_and_go_with_the_ankles() -> None:
    there = replace(
        moved(load(RENDERED / f"{SQUATS[0]}.npz"), 0.1), toes=LEFT_TIPS, toes_t=None, toes_each=None
    )
    live, dark = RecordedToes(there), np.zeros((4, 3, 3), np.uint8)
    aside = np.array([0.0, 0.1])

    def seen_at(index: int) -> np.ndarray | None:
        frame = Frame(dark, float(there.t[index]), index, Layout.BGR, there.image_size)
        return live.next(frame, there.keypoints[index])

    assert np.array_equal(seen_at(5), LEFT_TIPS)
    assert np.array_equal(seen_at(9), LEFT_TIPS), "a joint's trembling moves no foot"
    assert np.allclose(seen_at(-2), LEFT_TIPS + aside, atol=0.02)
    desk = recorded_toes(there)
    assert desk is not None
    first, second = (
        desk(FootPlacement(from_s, None, None, tuple(there.t[some])))
        for from_s, some in ((-np.inf, slice(0, 8)), (5.0, slice(-9, -1)))
    )
    assert np.array_equal(first.yx, LEFT_TIPS)
    assert first.sd is None
    assert np.allclose(second.yx, LEFT_TIPS + aside, atol=0.02)
    assert second.sd.min() > np.radians(5.0), "less sure of feet nobody looked at"


def test_a_station_that_plays_a_recording_asks_the_recording() -> None:
    source = RecordingSource(load(RENDERED / f"{SQUATS[0]}.npz"), pace=True)
    settings = Settings.model_validate({"lights": {"kind": "mock"}})
    station = Station(settings, source, "a recording", None, threading.Event())
    assert isinstance(station.eyes.sight.toes.toes, RecordedToes)


def test_what_a_recording_knows_of_camera_and_person_is_used() -> None:
    seen = replace(load(RENDERED / f"{SQUATS[0]}.npz"), roll_deg=2.5, stature_m=1.81)
    source = RecordingSource(seen, pace=False)
    watch = watch_for(Settings(), source, next(iter(source.frames())), ANATOMICAL)
    assert (watch.camera.tilt_deg, watch.camera.roll_deg) == (seen.tilt_deg, 2.5)
    assert watch._stature_m == 1.81

"""The shipped networks find the joints of a rendered person as well as their cards say."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import measure_models
import numpy as np
import pytest
from measure_models import Accuracy, Network
from model_build import rendered_clip

from mirror.pose import catalog

EVERY = 4  # frames; the cards are measured on all of them
SHIPPED = [
    name for name, entry in catalog.entries().items() if entry.kind == "movenet-heads" and entry.shipped
]
OFFICIAL = "movenet_single_pose_lightning_ptq.tflite"
REBUILT = [name for name in SHIPPED if name in catalog.DEFAULT_MODEL or "192x128" in name]


@lru_cache
def measured(path: Path) -> Accuracy:
    places = measure_models.keypoints_on_clip(Network(path, threads=2), every=EVERY)
    return measure_models.accuracy(places, every=EVERY)


@pytest.mark.parametrize("name", SHIPPED)
def test_keypoint_errors_are_those_of_the_card(name: str) -> None:
    entry = catalog.find(name)
    found = measured(entry.path)
    for group, error in found.error.items():
        assert error == pytest.approx(entry.card[group], abs=0.1)
        assert found.low[group] == pytest.approx(entry.card[f"{group}_low"], abs=0.1)
    assert found.scatter == pytest.approx(entry.card["scatter"], abs=0.06)


@lru_cache
def told(name: str) -> Accuracy:
    places = measure_models.keypoints_on_clip(Network(catalog.find(name).path, threads=2), every=EVERY)
    return measure_models.accuracy(measure_models.put_right(places, name), every=EVERY)


@pytest.mark.parametrize("name", [name for name in SHIPPED if catalog.find(name).judges])
def test_joints_put_right_err_as_the_card_says_and_less_than_as_seen(name: str) -> None:
    entry, found = catalog.find(name), told(name)
    for group, error in found.error.items():
        assert error == pytest.approx(entry.card[f"told_{group}"], abs=0.1)
        assert found.low[group] == pytest.approx(entry.card[f"told_{group}_low"], abs=0.1)
    assert sum(found.error.values()) < 0.8 * sum(measured(entry.path).error.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_knees_and_ankles_are_within_a_sixtieth_of_the_height(name: str) -> None:
    error = measured(catalog.find(name).path).error
    assert max(error["knee"], error["ankle"]) < 1.67
    assert error["hip"] < (1.25 if "256x128" in name else 2.7)


@pytest.mark.parametrize("name", REBUILT)
def test_the_rebuilt_network_errs_as_the_earlier_build_does(
    name: str, shared_model: Callable[[str], Path]
) -> None:
    entry = catalog.find(name)
    earlier = measured(shared_model(entry.path.name)).error
    for group, error in measured(entry.path).error.items():
        assert error == pytest.approx(earlier[group], abs=0.05)


def test_a_file_nobody_listed_is_measured_as_it_sees() -> None:
    places = np.random.default_rng(0).uniform(0, 400, (3, 17, 2))
    np.testing.assert_array_equal(measure_models.put_right(places, "another.tflite"), places)


def test_the_default_reads_legs_closer_than_the_official_file(shared_model: Callable[[str], Path]) -> None:
    official = Network(shared_model(OFFICIAL), threads=2)
    square = measure_models.accuracy(measure_models.keypoints_on_clip(official, every=EVERY), every=EVERY)
    mine = measured(catalog.find(catalog.DEFAULT_MODEL).path)
    for group in mine.error:
        assert mine.error[group] < square.error[group]
    assert mine.scatter < 0.5 * square.scatter
    put_right = told(catalog.DEFAULT_MODEL)
    assert put_right.error["hip"] <= 0.5 * square.error["hip"]
    assert put_right.error["knee"] <= 0.5 * square.error["knee"]
    # used as most programs use it, on the whole picture, it is far off
    whole = measure_models.accuracy(measure_models.keypoints_on_picture(official, every=EVERY), every=EVERY)
    assert mine.error["hip"] < 0.5 * whole.error["hip"]
    assert mine.error["knee"] < whole.error["knee"]


def test_knees_tremble_a_quarter_as_much_as_in_the_official_file(
    shared_model: Callable[[str], Path], filmed: list[Path]
) -> None:
    networks = {
        "official": Network(shared_model(OFFICIAL), threads=2),
        "default": Network(catalog.find(catalog.DEFAULT_MODEL).path, threads=2),
    }
    found = measure_models.jitter(networks, filmed)
    for clip, official in found["official"].items():
        assert found["default"][clip] <= 0.25 * official, clip


def test_left_and_right_are_the_persons_own() -> None:
    network = Network(catalog.find(catalog.DEFAULT_MODEL).path)
    truth, size = rendered_clip.read_truth(), measure_models.input_size(network)
    window = rendered_clip.standing_window(truth, size, measure_models.WINDOW)
    picture = window.look(next(rendered_clip.read_pictures()), size)
    found = window.place(measure_models.keypoints(network, picture)[:, :2])
    for number, joint in enumerate(measure_models.KEYPOINTS):
        if joint.endswith(("hip", "knee", "ankle", "shoulder")):
            assert np.hypot(*(found[number] - truth.of(joint)[0])) < 0.04 * truth.height, joint


def test_the_foot_network_sees_the_toes_of_the_standing_person() -> None:
    entry = catalog.find(catalog.FOOT_MODEL)
    network = Network(entry.path)
    truth, size = rendered_clip.read_truth(), (entry.height, entry.width)
    window = rendered_clip.standing_window(truth, size, 1.25)
    picture = window.look(next(rendered_clip.read_pictures()), size)
    landmarks, presence = network.run(picture.astype(np.float32) / 255)
    assert presence[0] > 0.9
    rows = landmarks.reshape(39, 5)[[31, 32], :2]
    toes = window.place(rows[:, ::-1] / size)
    for found, joint in zip(toes, ("left_big_toe", "right_big_toe"), strict=True):
        assert np.hypot(*(found - truth.of(joint)[0])) < 0.04 * truth.height

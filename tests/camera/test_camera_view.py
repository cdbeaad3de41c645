"""How wide a camera sees: known cameras, lenses somebody screwed on, sensor modes that read a part."""

from __future__ import annotations

import math

import pytest

from mirror.camera.view import Crop, Sensor, cut_to, ribbon_view, webcam_hfov_deg

IMX708 = Sensor("imx708", (4608, 2592), 1400)
IMX219 = Sensor("imx219", (3280, 2464), 1120)
HQ = Sensor("imx477", (4056, 3040), 1550)


def tangent(deg: float | None) -> float:
    assert deg is not None
    return math.tan(math.radians(deg) / 2)


@pytest.mark.parametrize(
    ("sensor", "crop", "deg"),
    [
        (IMX708, (0, 0, 4608, 2592), 66.0),
        (Sensor("imx708_wide_noir", (4608, 2592)), (0, 0, 4608, 2592), 102.0),
        (IMX219, (0, 0, 3280, 2464), 62.2),
        (Sensor("ov5647"), None, 53.5),
    ],
    ids=["Camera Module 3", "Camera Module 3 Wide NoIR", "Camera Module 2", "Camera Module 1"],
)
def test_the_whole_sensor_of_a_known_camera_sees_what_its_data_sheet_says(
    sensor: Sensor, crop: Crop | None, deg: float
) -> None:
    assert ribbon_view(sensor, crop, None) == (deg, "camera model")


@pytest.mark.parametrize(
    ("sensor", "lens_mm", "deg"),
    [
        (HQ, 6.0, 55.3),
        (HQ, 16.0, 22.2),
        (Sensor("imx477_noir", (4056, 3040)), 6.0, 55.3),
        (Sensor("imx296", (1456, 1088)), 6.0, 45.4),
        (IMX219, 3.04, 62.3),  # the lens it comes with
    ],
    ids=["HQ, 6 mm", "HQ, 16 mm", "HQ whose pixels are not told", "Global Shutter, 6 mm", "Module 2"],
)
def test_a_lens_gives_the_field_of_view_with_the_sensor_s_width(
    sensor: Sensor, lens_mm: float, deg: float
) -> None:
    found, how = ribbon_view(sensor, None, lens_mm)
    assert found == pytest.approx(deg, abs=0.1)
    assert how == "lens and sensor"


def test_without_its_lens_nothing_is_claimed_of_a_camera_that_has_many() -> None:
    assert ribbon_view(HQ, (0, 0, 4056, 3040), None) == (None, "")
    assert ribbon_view(Sensor("virtual"), None, 6.0) == (None, "")


def test_a_picture_cut_from_the_middle_shows_less_and_says_so() -> None:
    # 4:3 out of a 16:9 sensor: 3456 of 4608 columns.
    deg, how = ribbon_view(IMX708, (576, 0, 3456, 2592), None)
    assert tangent(deg) == pytest.approx(0.75 * math.tan(math.radians(33.0)))
    assert deg == pytest.approx(51.94, abs=0.01)
    assert how == "camera model, cut to 75% of its width"


def test_a_sensor_mode_that_reads_the_middle_is_a_telephoto() -> None:
    deg, _ = ribbon_view(IMX219, (1000, 752, 1280, 960), None)
    assert deg == pytest.approx(26.5, abs=0.1)
    deg, _ = ribbon_view(HQ, (696, 528, 2664, 1980), 6.0)
    assert tangent(deg) == pytest.approx(2664 * 0.00155 / 2 / 6.0)


@pytest.mark.parametrize(
    ("limits", "size", "shown"),
    [
        ((0, 0, 4608, 2592), (640, 480), (576, 0, 3456, 2592)),
        ((0, 0, 3280, 2464), (640, 480), (0, 2, 3280, 2460)),
        ((0, 0, 3280, 2464), (1280, 720), (0, 309, 3280, 1845)),
        ((1000, 752, 1280, 960), (640, 480), (1000, 752, 1280, 960)),
        ((0, 0, 4608, 2592), (480, 640), (1332, 0, 1944, 2592)),
    ],
)
def test_what_a_picture_of_some_shape_shows_of_a_sensor_mode(
    limits: Crop, size: tuple[int, int], shown: Crop
) -> None:
    assert cut_to(limits, size) == shown


def test_a_webcam_s_squarer_picture_is_cut_at_the_sides() -> None:
    wide, square = webcam_hfov_deg((1280, 720)), webcam_hfov_deg((640, 480))
    assert wide == 65.0
    assert tangent(square) == pytest.approx(0.75 * tangent(wide))
    assert 320 / tangent(square) == pytest.approx(670, abs=5)  # calibrated ones: 600 to 700 pixels

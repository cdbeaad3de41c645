"""A set goes home from the glass's own pixels: two decoders read it as a phone sees it from a metre.

zxing-cpp, which many phones' readers are made of, reads it in what a phone looks through; OpenCV's needs a
picture of 12 megapixels.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")
cv2 = pytest.importorskip("cv2")
zxingcpp = pytest.importorskip("zxingcpp")

from mirror.coach.feedback import Feedback, SetSummary, State, nothing  # noqa: E402
from mirror.coach.take_home import MOST_REPS, code  # noqa: E402
from mirror.coach.words import languages, words  # noqa: E402
from mirror.knees.reading import Verdict  # noqa: E402
from mirror.screen import samples  # noqa: E402
from mirror.screen.fonts import face_for, spoken  # noqa: E402
from mirror.screen.qr_code import LARGEST_VERSION, MOST_BYTES, QUIET, Share, made  # noqa: E402
from mirror.screen.samples import leg, rep  # noqa: E402

from phone import ARCMIN_OF_A_MM, FINDER, STILL, VIEWS, seen  # noqa: E402  isort: skip
from screen_moments import pixels, stage_on  # noqa: E402  isort: skip

PAGE = "https://gym.example/take-home/"
LONGEST_PAGE = "https://" + "x" * 122
UPRIGHT, LYING = (1080, 1920), (1920, 1080)
LEAST_MODULE_ARCMIN = 4.7
"""From 1 m, on 24 inches, with the longest words above it; 2.3 pixels of what a phone looks through."""


def at_noon() -> float:
    return 1_790_000_000.0


def shown(
    summary: SetSummary, size: tuple[int, int], language: str = "en", page: str = ""
) -> tuple[np.ndarray, str, pygame.Rect]:
    """The glass's pixels with the second page, what the code says, and where it lies."""
    canvas = pygame.Surface(size)
    stage = stage_on(canvas, language, share=Share(page, at_noon))
    stage.draw(second_page(summary), None)
    found = stage.glass.take_home.code(summary, words(language))
    lies = [
        piece.rect
        for piece in stage.glass.sheet.pieces
        if piece.rect.width == piece.rect.height and piece.rect.width % found.modules == 0
    ]
    return pixels(canvas), found.says, lies[-1]


def second_page(summary: SetSummary) -> Feedback:
    return replace(nothing(0.0, State.SUMMARY), summary=summary, summary_page=1)


def by_zxing(grey: np.ndarray) -> str:
    return next((found.text for found in zxingcpp.read_barcodes(grey)), "")


def by_opencv(grey: np.ndarray) -> str:
    """What either of its two detectors reads."""
    readers = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    return next((text for reader in readers if (text := reader.detectAndDecode(grey)[0])), "")


@pytest.mark.parametrize("size", [UPRIGHT, LYING], ids=["upright", "lying"])
@pytest.mark.parametrize("page", ["", PAGE], ids=["text", "page"])
@pytest.mark.parametrize("language", languages())
def test_two_decoders_read_the_glass_as_a_phone_sees_it(
    language: str, page: str, size: tuple[int, int]
) -> None:
    if face_for(language) is None:
        pytest.skip(spoken(language)[1])
    glass, says, lies = shown(samples.to_take_home(), size, language, page)
    near = lies.inflate(lies.width // 3, lies.height // 3).clip(pygame.Rect(0, 0, *size))
    part = glass[near.top : near.bottom, near.left : near.right]
    assert says.startswith(f"{page}#1" if page else "Squat Mirror 2026")
    for name, view in VIEWS.items():
        assert by_zxing(seen(part, view, FINDER)) == says, name
        assert by_opencv(seen(part, view, STILL)) == says, name


@pytest.mark.parametrize("size", [UPRIGHT, LYING], ids=["upright", "lying"])
@pytest.mark.parametrize("language", languages())
def test_a_module_is_large_enough_from_a_metre_and_the_quiet_zone_is_white(
    language: str, size: tuple[int, int]
) -> None:
    if face_for(language) is None:
        pytest.skip(spoken(language)[1])
    for summary in (samples.to_take_home(), samples.clean_set()):
        glass, says, lies = shown(summary, size, language)
        modules = made(says).modules
        module_mm = lies.width / modules * 531 / max(size)
        assert module_mm * ARCMIN_OF_A_MM >= LEAST_MODULE_ARCMIN
        part = glass[lies.top : lies.bottom, lies.left : lies.right]
        quiet = QUIET * lies.width // modules
        for edge in (part[:quiet], part[-quiet:], part[:, :quiet], part[:, -quiet:]):
            assert edge.min() == 255


def test_the_longest_set_on_the_longest_page_still_fits_the_largest_code() -> None:
    legs = leg(12.3, Verdict.OFF_TRACK)
    reps = tuple(rep(n, legs, legs) for n in range(1, MOST_REPS + 9))
    numbers = code(SetSummary(reps, None, None), "en", at_noon())
    modules = 17 + 4 * LARGEST_VERSION + 2 * QUIET
    assert made(numbers, LONGEST_PAGE).modules <= modules
    assert made("ü" * (MOST_BYTES // 2)).modules == modules


def test_a_code_stays_the_same_while_its_summary_shows() -> None:
    at = iter(range(10_000, 20_000, 60))
    stage = stage_on(pygame.Surface((360, 640)), share=Share(PAGE, lambda: float(next(at))))
    summary = samples.clean_set()
    stage.draw(second_page(summary), None)
    assert stage.draw(second_page(summary), None) == [], "nothing is painted anew"
    assert stage.draw(second_page(replace(summary)), None) != [], "another set has another code"


def test_a_glass_too_small_for_a_code_shows_none_and_keeps_its_words() -> None:
    stage = stage_on(pygame.Surface((160, 120)))
    stage.draw(second_page(samples.to_take_home()), None)
    found = stage.glass.take_home.code(samples.to_take_home(), words("en"))
    assert all(
        piece.rect.width < found.modules
        for piece in stage.glass.sheet.pieces
        if piece.rect.height == piece.rect.width
    )


def test_a_summary_that_is_not_to_be_taken_home_shows_no_code() -> None:
    canvas = pygame.Surface(UPRIGHT)
    stage_on(canvas).draw(second_page(samples.full_summary()), None)
    assert by_zxing(pixels(canvas)) == ""


def test_the_size_asked_for_is_six_arc_minutes_a_module() -> None:
    assert math.tan(math.radians(0.1)) * 1000 == pytest.approx(1.745, abs=0.001)
    _, says, lies = shown(samples.clean_set(), LYING)
    assert lies.width / made(says).modules == 7, "1.745 mm on 3.6 px a mm"

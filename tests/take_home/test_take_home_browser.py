"""The page in a phone's browser: what it shows of a code, what it keeps, and that it tells nobody."""

from __future__ import annotations

import csv
import functools
import http.server
import io
import os
import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from coach.take_home_reader import read
from patience import PATIENCE_S

from mirror.coach.feedback import SetSummary
from mirror.coach.take_home import code
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.knees.squat import depth_label

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("there is no Chromium here (apt install chromium)", allow_module_level=True)
sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed (pip install 'squat-mirror[browser]')"
)

FOLDER = Path(__file__).parents[2] / "docs" / "take-home"
PHONE = {"width": 390, "height": 844}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PICTURES = os.environ.get("TAKE_HOME_PICTURES")
NOON = 1_790_000_000.0
FINGER_PX = 44
LETTER = {
    "good": "G", "caution": "C", "off_track": "O", "unknown": "U",
    "high": "H", "nearly_parallel": "N", "parallel": "P", "below_parallel": "B",
}  # fmt: skip


def leg(inside: float, verdict: Verdict = Verdict.GOOD) -> RepLeg:
    return RepLeg(inside, inside, verdict, 0.9, inside, 0.0, 2.0, inside)


def rep(n: int, left: RepLeg, right: RepLeg, depth: float = -2.0) -> Rep:
    at = 4.0 * n
    return Rep(n, at, at + 1.8, at + 3.0, depth, depth_label(depth), left, right, None, None, None, None)


OFF, UNKNOWN = leg(9.4, Verdict.OFF_TRACK), RepLeg(None, None, Verdict.UNKNOWN, 0.1)
EIGHT = tuple(rep(n, OFF if n in (3, 5) else leg(1.2), leg(4.0, Verdict.CAUTION)) for n in range(1, 8))
EIGHT = (*EIGHT, rep(8, UNKNOWN, leg(0.5)))


def set_of(reps: tuple[Rep, ...] = EIGHT, language: str = "en", at: float | None = NOON) -> str:
    return code(SetSummary(reps, None, None), language, at)


class Phone:
    """A page from a server of its own, on a phone; all that was asked of anybody is kept."""

    def __init__(self, page: Any, home: str) -> None:
        self.page, self.home = page, home
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: said.type in ("error", "warning") and self.faults.append(said.text))

    def opens(self, fragment: str) -> Phone:
        self.page.goto("about:blank")
        self.page.goto(f"{self.home}#{fragment}" if fragment else self.home)
        return self

    def text(self, what: str) -> str:
        return str(self.page.inner_text(what))

    def keep(self, name: str) -> None:
        """A picture to look at, where somebody asked for one."""
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


class Quiet(http.server.SimpleHTTPRequestHandler):
    asked: list[str]

    def log_message(self, *given: object) -> None:
        self.asked.append(self.requestline)


@contextmanager
def served() -> Iterator[tuple[str, list[str], http.server.ThreadingHTTPServer]]:
    asked: list[str] = []
    handler = functools.partial(type("Asked", (Quiet,), {"asked": asked}), directory=str(FOLDER))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked, server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE_S)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Any) -> Iterator[Phone]:
    """Whatever a test does, the phone asks its own server alone, and never with what is behind the #."""
    with served() as (home, asked, _):
        context = chromium.new_context(viewport=PHONE, has_touch=True, locale="en-GB", timezone_id="UTC")
        wanted: list[str] = []
        context.on("request", lambda request: wanted.append(request.url))
        shown = Phone(context.new_page(), home)
        yield shown
        context.close()
    assert shown.faults == []
    assert [url for url in wanted if not url.startswith((home, "data:", "blob:"))] == []
    assert asked, "the page comes from its server"
    assert not any(set_of()[1:7] in line for line in asked), "the set was sent"


def test_a_set_is_told_with_its_numbers(phone: Phone) -> None:
    phone.opens(set_of())
    assert phone.text("#count") == "8 squats"
    assert phone.text("#clean") == "Both knees on your line: 0 of 7 judged"
    assert phone.text("#left-told").startswith("Up to 9° inside your line; off track 2, caution 0, of 7")
    assert phone.text("#right-told").startswith("Up to 4° inside your line; off track 0, caution 7, of 8")
    assert phone.text("#depth") == "Depth, about: 8 parallel"
    assert phone.text("#tempo") == "Down 1.8 s, up 1.2 s"
    assert "21 Sept 2026" in phone.text("#when")
    signs = phone.page.locator("#left text").all_text_contents()
    assert signs == ["●", "●", "■", "●", "■", "●", "●", "◌"], "by shape, not by colour alone"
    assert phone.page.locator("#left rect").count() == 7


@pytest.mark.parametrize(
    ("language", "count"), [("de", "8 Kniebeugen"), ("es", "8 sentadillas"), ("zh", "8 次深蹲")]
)
def test_the_page_speaks_the_language_of_the_glass_and_others_when_asked(
    phone: Phone, language: str, count: str
) -> None:
    phone.opens(set_of(language=language))
    assert phone.text("#count") == count
    phone.keep(f"set-{language}")
    assert_fits(phone)
    phone.page.select_option("#language", "en")
    assert phone.text("#count") == "8 squats"


def test_every_number_is_read_as_the_description_has_it(phone: Phone) -> None:
    """The page's reader and the tests' own, over sets of all kinds."""
    dice = random.Random(18)
    codes = [set_of(tuple(any_rep(dice, n) for n in range(dice.randrange(30)))) for _ in range(40)]
    phone.opens("")
    found = phone.page.evaluate(
        "async (codes) => { const { read } = await import('./set.js'); return codes.map(read); }", codes
    )
    for told, one in zip(map(read, codes), found, strict=True):
        assert one["count"] == told.count
        assert len(one["reps"]) == len(told.reps)
        for mine, its in zip(told.reps, one["reps"], strict=True):
            assert mine.verdicts == (LETTER[its["left"]["verdict"]], LETTER[its["right"]["verdict"]])
            assert mine.inside_deg == (its["left"]["inside_deg"], its["right"]["inside_deg"])
            assert (mine.depth, mine.depth_deg) == (LETTER[its["depth"]], its["depth_deg"])
            assert (mine.down_s, mine.up_s) == (its["down_s"], its["up_s"])


def any_rep(dice: random.Random, n: int) -> Rep:
    legs = [
        RepLeg(None, None, Verdict.UNKNOWN, 0.1)
        if dice.random() < 0.2
        else leg(dice.uniform(-9, 20), dice.choice([Verdict.GOOD, Verdict.CAUTION, Verdict.OFF_TRACK]))
        for _ in range(2)
    ]
    return rep(n, *legs, depth=dice.uniform(-30, 40))


def three() -> list[str]:
    return [set_of(EIGHT[:n], at=NOON + 60 * n) for n in (2, 5, 8)]


def test_three_sets_are_kept_saved_and_deleted(phone: Phone) -> None:
    for one in (*three(), three()[0]):  # the first one twice: it is the same set
        phone.opens(one)
    counts = phone.page.locator("#sets b").all_inner_texts()
    assert counts == ["8 squats", "5 squats", "2 squats"]
    phone.opens("")
    assert phone.page.locator("#sets li").count() == 3, "kept beyond the page"
    phone.page.locator("#sets .open").nth(1).click()
    assert phone.text("#count") == "5 squats"
    phone.keep("history")
    assert_fits(phone)
    with phone.page.expect_download() as saved:
        phone.page.click("#export")
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8"))))
    assert len(rows) == 2 + 5 + 8
    assert [rows[-1][key] for key in ("rep", "left", "left_inside_deg", "right_inside_deg", "down_s")] == [
        "8", "unknown", "", "0.5", "1.8",
    ]  # fmt: skip
    assert rows[0]["set_at"].startswith("2026-09-21T")
    phone.page.locator("#sets .gone").first.click()
    assert phone.page.locator("#sets b").all_inner_texts() == ["5 squats", "2 squats"]
    phone.page.click("#delete")
    assert phone.page.locator("#sets li").count() == 2, "one tap asks"
    assert phone.text("#delete") == "Really delete all?"
    phone.page.click("#delete")
    assert phone.page.locator("#sets li").count() == 0
    assert phone.text("#none").startswith("None yet.")
    assert phone.page.evaluate("localStorage.length") == 0
    assert not phone.page.is_visible("#set")
    phone.page.reload()
    assert phone.page.evaluate("localStorage.length") == 0, "what is deleted does not come back"


def test_what_is_no_code_is_said_and_not_kept(phone: Phone) -> None:
    for wrong in ("2" + set_of()[1:], set_of() + "GG", "<img src=x onerror=alert(1)>", "1" * 5000):
        phone.opens(wrong)
        assert phone.text("#trouble").startswith("This is no code of a Squat Mirror")
        assert not phone.page.is_visible("#set")
        assert phone.page.evaluate("localStorage.length") == 0


def test_what_somebody_else_left_in_its_place_breaks_nothing(phone: Phone) -> None:
    phone.opens("")
    for left in ("{", "[1, null, {}]", '"x"', '[{"code": "x", "opened": "y"}]'):
        phone.page.evaluate("(left) => localStorage.setItem('squat-mirror.sets', left)", left)
        phone.opens(set_of())
        assert phone.page.locator("#sets li").count() == 1


def test_once_opened_it_opens_without_a_network(chromium: Any) -> None:
    context = chromium.new_context(viewport=PHONE)
    with served() as (home, asked, _):
        page = context.new_page()
        page.goto(home)
        page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        until(page, "caches.keys().then((names) => names.length === 1)")
        before = len(asked)
    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{home}#{set_of()}")
    assert page.inner_text("#count") == "8 squats"
    page.reload()
    assert page.inner_text("#count") == "8 squats"
    assert len(asked) == before
    context.close()


def until(page: Any, script: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not page.evaluate(f"async () => Boolean(await ({script}))"):
        assert time.monotonic() < deadline, f"never {script}"
        page.wait_for_timeout(20)


def test_everything_can_be_touched_and_nothing_hangs_over_on_a_phone(phone: Phone) -> None:
    phone.opens(set_of(tuple(rep(n, OFF, leg(12.0, Verdict.OFF_TRACK)) for n in range(1, 31))))
    assert phone.text("#count") == "30 squats, the newest 20 told here"
    phone.page.click("#each summary")
    assert phone.page.locator("#table tbody tr").count() == 20
    assert phone.page.locator("#table tbody td").first.inner_text() == "11"
    phone.keep("longest")
    assert_fits(phone)
    for button in phone.page.locator("button:visible, select:visible, summary:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= FINGER_PX - 0.5, button.inner_text()


def assert_fits(phone: Phone) -> None:
    over = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.page.evaluate(over) <= 0


def test_it_prints_on_a4_without_buttons_and_with_every_squat(phone: Phone) -> None:
    phone.opens(set_of())
    phone.page.emulate_media(media="print")
    phone.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert phone.page.is_visible("#table")
    assert phone.page.locator("#table tbody tr:visible").count() == 8
    for name in ("print", "export", "delete", "language"):
        assert not phone.page.is_visible(f"#{name}")
    paper = phone.page.pdf(prefer_css_page_size=True, print_background=True)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in paper or b"/MediaBox [0 0 595" in paper
    assert paper.count(b"/Type /Page\n") == 1
    if PICTURES:
        Path(PICTURES, "a4.pdf").write_bytes(paper)

"""The page in a real browser: what a coach sees, taps and types, on a tablet lying and upright."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from board.mirrors import CAUTION, GOOD, OFF, UNKNOWN, Mirror
from patience import PATIENCE_S

from mirror.board.access import own_names
from mirror.board.board import Board
from mirror.board.serve import listening
from mirror.board.site import site
from mirror.board.words import languages, table
from mirror.coach.feedback import State

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("there is no Chromium here (apt install chromium)", allow_module_level=True)
sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed (pip install 'squat-mirror[browser]')"
)

LYING, UPRIGHT = (1024, 768), (768, 1024)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PX_PER_MM = 1024 / 203.2
"""Of a 10-inch tablet of 4 to 3 that shows 1024 CSS pixels."""
PICTURES = os.environ.get("BOARD_PICTURES")


class Page:
    """A board, the stations that speak to it, and a tablet that shows it."""

    def __init__(self, board: Board, port: int, tablet: Any) -> None:
        self.board, self.tablet = board, tablet
        self.home = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []
        self.faults: list[str] = []
        tablet.on("request", lambda request: self.asked.append(request.url))
        tablet.on("pageerror", lambda error: self.faults.append(str(error)))
        tablet.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def mirror(self, name: str = "Rack 1") -> Mirror:
        def say(topic: str, payload: bytes, retain: bool) -> None:
            self.board.hear(topic, payload, False)

        said = Mirror(say, name, t=time.time())
        said.comes()
        return said

    def opens(self, size: tuple[int, int] = LYING, path: str = "/") -> Page:
        self.tablet.set_viewport_size({"width": size[0], "height": size[1]})
        self.tablet.goto(self.home + path)
        return self

    def until(self, script: str) -> None:
        """Wait until this is true on the page."""
        until(self.tablet, script)

    def card(self, name: str = "Rack 1") -> Any:
        return self.tablet.locator(".card", has=self.tablet.locator("h2", has_text=name))

    def keep(self, name: str) -> None:
        """A picture to look at, where somebody asked for one."""
        if PICTURES:
            self.tablet.screenshot(path=f"{PICTURES}/{name}.png")


def until(tablet: Any, script: str) -> None:
    """Ask again and again: the page's policy lets no string wait inside it as code."""
    deadline = time.monotonic() + PATIENCE_S
    while not tablet.evaluate(f"() => Boolean({script})"):
        assert time.monotonic() < deadline, f"never {script}"
        tablet.wait_for_timeout(30)


def settled(tablet: Any) -> None:
    """Once the fonts are there and what was changed is laid out and painted."""
    painted = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    tablet.evaluate(f"async () => {{ await document.fonts.ready; await {painted}; }}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium) -> Iterator[Page]:
    with opened(chromium, None) as shown:
        yield shown
    assert shown.faults == []


@contextmanager
def opened(chromium: Any, key: str | None) -> Iterator[Page]:
    """A board and a tablet that has not seen it yet; whatever the tablet asks, it asks the board."""
    board = Board("squat-mirror", "broker:1883")
    board.is_connected(True)
    config = uvicorn.Config(site(board, "en", key, own_names()), log_level="warning", ws="none")
    server = uvicorn.Server(config)
    with listening("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        tablet = chromium.new_context().new_page()
        shown = Page(board, listener.getsockname()[1], tablet)
        yield shown
        tablet.context.close()
        board.hub.close()
        server.should_exit = True
        thread.join(10)
    foreign = [url for url in shown.asked if not url.startswith((shown.home, "blob:"))]
    assert foreign == [], "the page asked another host"
    assert shown.asked


def eight(page: Page) -> None:
    """A class as it is: some squat, one is off track, one is gone."""
    first = page.mirror("Rack 1")
    first.squats(*[(GOOD, GOOD)] * 5, live=False)
    first.shows(State.SQUATTING, ((GOOD, GOOD),) * 5, knees=(GOOD, GOOD))
    bad = ((GOOD, GOOD), (GOOD, OFF), (GOOD, GOOD), (GOOD, OFF), (GOOD, CAUTION), (GOOD, GOOD), (GOOD, OFF))
    second = page.mirror("Rack 2")
    second.squats(*bad, live=False)
    second.shows(State.SQUATTING, bad, "knees_over_toes", (GOOD, OFF))
    page.mirror("Rack 3").shows(State.IDLE)
    fourth = page.mirror("Rack 4")
    fourth.squats((GOOD, GOOD), (CAUTION, GOOD), live=False)
    fourth.shows(State.SQUATTING, ((GOOD, GOOD), (CAUTION, GOOD)), "spread_the_floor", (CAUTION, GOOD))
    fifth = page.mirror("Platform left")
    fifth.squats(*[(GOOD, GOOD)] * 8, live=False)
    fifth.finishes(*[(GOOD, GOOD)] * 8)
    fifth.shows(State.SUMMARY, ((GOOD, GOOD),) * 8)
    gone = page.mirror("Platform right")
    gone.shows(State.READY)
    gone.goes()
    page.mirror("Smith").shows(State.CALIBRATING)
    last = page.mirror("Station by the door")
    last.squats(*[(UNKNOWN, UNKNOWN)] * 12, live=False)
    last.shows(State.SQUATTING, ((UNKNOWN, UNKNOWN),) * 12, knees=(UNKNOWN, UNKNOWN))


def test_a_station_appears_turns_off_track_and_goes(page):
    page.opens()
    page.until("!document.getElementById('nobody').hidden")
    mirror = page.mirror()
    mirror.number = 1
    mirror.shows(State.SQUATTING, ((GOOD, GOOD),), knees=(GOOD, GOOD))
    page.until("document.querySelector('.card .count')?.textContent === '1'")
    card = page.card()
    assert card.locator(".line").inner_text() == "Squatting"
    assert card.locator(".right").get_attribute("aria-label") == "Right knee: good"
    assert not card.locator(".right .out").is_visible()
    mirror.shows(State.SQUATTING, ((GOOD, GOOD), (GOOD, OFF)), "knees_over_toes", (GOOD, OFF))
    page.until("document.querySelector('.card .right').dataset.verdict === 'off_track'")
    assert card.locator(".right").get_attribute("aria-label") == "Right knee: off track"
    assert card.locator(".right .out").is_visible()
    assert not card.locator(".left .out").is_visible()
    assert card.locator(".line").inner_text() == "Knees over your toes"
    mirror.goes()
    page.until("document.querySelector('.card').classList.contains('offline')")
    assert card.locator(".line").inner_text().startswith("Offline for ")
    assert not card.locator(".right").is_visible()


def test_left_is_on_the_left_and_arrows_point_outward(page):
    page.mirror().shows(State.SQUATTING, knees=(OFF, OFF))
    page.opens()
    page.until("document.querySelector('.card .left')?.dataset.verdict === 'off_track'")
    left, right = page.card().locator(".left"), page.card().locator(".right")
    assert (left.locator("b").inner_text(), right.locator("b").inner_text()) == ("L", "R")
    ring_l, ring_r = left.locator(".ring").bounding_box(), right.locator(".ring").bounding_box()
    out_l, out_r = left.locator(".out").bounding_box(), right.locator(".out").bounding_box()
    assert out_l["x"] < ring_l["x"] < ring_r["x"] < out_r["x"]
    flipped = "getComputedStyle(document.querySelector('.card .{} .out')).transform"
    assert page.tablet.evaluate(flipped.format("left")) == "none"
    assert page.tablet.evaluate(flipped.format("right")) == "matrix(-1, 0, 0, 1, 0, 0)"


def test_the_four_signs_differ_in_shape_and_not_by_colour_alone(page):
    for name, verdict in (("A", GOOD), ("B", CAUTION), ("C", OFF), ("D", UNKNOWN)):
        page.mirror(name).shows(State.SQUATTING, knees=(verdict, verdict))
    page.opens()
    page.until("document.querySelectorAll('.card').length === 4")
    shapes = page.tablet.evaluate(
        """() => Array.from(document.querySelectorAll('.card')).map((card) => {
            const sign = card.querySelector('.left .ring use').getAttribute('href');
            const ring = document.querySelector(`${sign} circle`);
            const arrow = getComputedStyle(card.querySelector('.left .out')).visibility;
            return [Number(ring.getAttribute('stroke-width')), ring.hasAttribute('stroke-dasharray'), arrow];
        })"""
    )
    assert len({str(shape) for shape in shapes}) == 4
    good, caution, off, unknown = shapes
    assert caution[0] > 1.5 * good[0]
    assert [shape[2] for shape in shapes] == ["hidden", "hidden", "visible", "hidden"]
    assert unknown[1]
    assert off[0] == caution[0]


@pytest.mark.parametrize("size", [LYING, UPRIGHT, (1280, 800), (800, 1280), (1080, 810)], ids=str)
@pytest.mark.parametrize("count", [1, 3, 8])
def test_up_to_eight_stations_fit_without_scrolling(page, size, count):
    eight(page)
    for name in list(page.board.floor._stations)[count:]:
        page.board.floor.hear(name, "online", b"", False)
    page.opens(size)
    page.until(f"document.querySelectorAll('.card').length === {count}")
    settled(page.tablet)
    page.keep(f"{count}-{size[0]}")
    assert_fits(page, size)
    page.tablet.click("#go")
    page.until("document.body.dataset.timer === 'running'")
    settled(page.tablet)
    page.keep(f"{count}-{size[0]}-running")
    assert_fits(page, size)


def assert_fits(page: Page, size: tuple[int, int]) -> None:
    """Nothing scrolls, nothing hangs over, no text of a card is cut but a name that is too long."""
    wide, high = page.tablet.evaluate(
        "() => { const e = document.getElementById('stations-view');"
        " return [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]; }"
    )
    assert wide <= 0
    assert high <= 0
    for card in page.tablet.locator(".card").all():
        box = card.bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size[0] + 0.5
        assert box["y"] + box["height"] <= size[1] + 0.5
        inside = card.evaluate("e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]")
        assert max(inside) <= 1, card.inner_text()
    header = page.tablet.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert header <= 0


def test_with_eight_stations_count_and_knees_read_from_two_metres_and_words_at_arms_length(page):
    """22 arc minutes of cap height for what is read across the room, 22 at 0.6 m for the rest."""
    eight(page)
    for size in (LYING, UPRIGHT):
        page.opens(size)
        page.until("document.querySelectorAll('.card').length === 8")
        settled(page.tablet)
        count = arc_minutes(page, ".card .count", 2.0)
        letter = arc_minutes(page, ".card .knee b", 2.0)
        cue = arc_minutes(page, ".card .line", 0.6)
        ring = page.card("Rack 1").locator(".left .ring").bounding_box()["width"] / PX_PER_MM
        assert count >= 18, size
        assert letter >= 7, size
        assert cue >= 17, size
        assert ring >= 14, size  # mm: a thumbnail's size


def arc_minutes(page: Page, selector: str, metres: float) -> float:
    """Cap height of this text, 0.72 of its size, from so far away on a 10-inch tablet."""
    size = page.tablet.locator(selector).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    return 0.72 * size / PX_PER_MM / (1000 * metres) * 3437.75


def test_a_set_that_needs_the_coachs_eye_stands_out(page):
    eight(page)
    page.opens()
    page.until("document.querySelectorAll('.card').length === 8")
    assert page.tablet.locator(".card.look").count() == 1
    flag = page.card("Rack 2").locator(".flag")
    assert (flag.inner_text().strip(), flag.get_attribute("aria-label")) == ("3", "3 off track")
    assert page.tablet.locator(".flag:visible").count() == 1
    filled = "getComputedStyle(document.querySelector('.card.look .top')).backgroundColor"
    assert page.tablet.evaluate(filled) == "rgb(213, 94, 0)"


def test_the_timer_starts_pauses_and_stops_by_touch_and_every_tablet_shows_it(page, chromium):
    page.opens()
    page.until("document.body.dataset.timer === 'stopped'")
    page.tablet.fill("#work_s", "300")
    page.tablet.fill("#rounds", "3")
    page.tablet.click("#go")
    page.until("document.body.dataset.timer === 'running'")
    assert page.board.timer.work_s == 300
    assert page.board.timer.rounds == 3
    page.until("/^(5:00|4:[0-5][0-9])$/.test(document.getElementById('time').textContent)")
    assert page.tablet.inner_text("#what") == "Squat"
    assert page.tablet.inner_text("#round") == "Round 1 of 3"
    other = chromium.new_context().new_page()
    other.goto(page.home)
    until(other, "document.body.dataset.timer === 'running'")
    other.click("#go")
    page.until("document.body.dataset.timer === 'paused'")
    assert page.tablet.inner_text("#go") == "Go on"
    page.tablet.click("#stop")
    page.until("document.body.dataset.timer === 'stopped'")
    other.context.close()


def test_the_timer_turns_to_rest_and_ends_by_itself(page):
    now = [time.time()]
    page.board._wall = lambda: now[0]
    page.board.ask("start", 600, 600, 2)  # the page counts on by itself, however slow this computer is
    now[0] += 900
    page.opens()
    page.until("document.getElementById('what').textContent === 'Rest'")
    assert not page.tablet.locator("#clock.working").count()
    now[0] += 600
    page.board.hub.ring()
    page.until("document.getElementById('round').textContent === 'Round 2 of 2'")
    now[0] += 600
    page.board.hub.ring()
    page.until("document.getElementById('what').textContent === 'Done'")
    page.until("document.body.dataset.timer === 'over'")


def test_everything_works_with_the_keyboard(page):
    page.mirror().squats((GOOD, GOOD))
    page.mirror("Rack 2").finishes((GOOD, GOOD))
    page.opens()
    page.until("document.body.dataset.timer === 'stopped'")
    seen = []
    for _ in range(7):
        page.tablet.keyboard.press("Tab")
        seen.append(page.tablet.evaluate("document.activeElement.id"))
    assert seen[:4] == ["work_s", "rest_s", "rounds", "go"]
    assert {"to-stations", "to-table"} <= set(seen)
    page.tablet.focus("#go")
    page.tablet.keyboard.press("Enter")
    page.until("document.body.dataset.timer === 'running'")
    page.tablet.focus("#stop")
    page.tablet.keyboard.press("Space")
    page.until("document.body.dataset.timer === 'stopped'")
    page.tablet.focus("#to-table")
    page.tablet.keyboard.press("Enter")
    page.until("document.querySelectorAll('#table-view tbody').length === 1")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.tablet.evaluate(outline) == "solid"


def test_the_table_fills_while_it_is_looked_at_and_another_class_empties_it(page):
    page.opens(path="/#table")
    page.until("!document.getElementById('no-sets').hidden")
    mirror = page.mirror()
    mirror.squats((GOOD, GOOD), (OFF, GOOD))
    mirror.finishes((GOOD, GOOD), (OFF, GOOD))
    page.until("document.querySelectorAll('tbody').length === 1")
    cells = page.tablet.locator("tbody tr").first.locator("td").all_inner_texts()
    assert cells[1:8] == ["Rack 1", "1", "2", "1", "·", "1", "·"]
    assert cells[8] == "left 12°"
    page.keep("table")
    with page.tablet.expect_download() as saved:
        page.tablet.click("#csv")
    assert saved.value.suggested_filename.startswith("squat-class-")
    page.tablet.click("#anew")
    page.tablet.click("#no")
    assert page.board.floor.sets()
    page.tablet.click("#anew")
    page.tablet.click("#yes")
    page.until("!document.getElementById('no-sets').hidden")
    assert page.board.floor.sets() == []


def test_a_broker_that_is_away_and_a_board_that_is_away_are_said(page):
    page.mirror().shows(State.SQUATTING, knees=(GOOD, GOOD))
    page.opens()
    page.until("document.querySelectorAll('.card').length === 1 && document.getElementById('trouble').hidden")
    page.board.is_connected(False)
    page.until("document.getElementById('trouble').textContent.includes('broker:1883')")
    page.keep("broker-away")
    page.board.is_connected(True)
    page.until("document.getElementById('trouble').hidden")
    page.tablet.clock.install()
    page.opens()
    page.until("document.querySelectorAll('.card').length === 1")
    assert page.tablet.locator("#trouble").is_hidden()
    page.board.hub.close()  # it says nothing any more
    page.tablet.clock.fast_forward(20_000)
    page.until("document.body.classList.contains('stale')")
    assert page.tablet.inner_text("#trouble").startswith("No connection to the board")


def test_a_key_is_typed_once_and_leaves_the_address(chromium):
    key = "0123456789abcdef"
    with opened(chromium, key) as page:
        page.opens()
        assert "This board has a key" in page.tablet.inner_text("body")
        page.opens(path=f"/?key={key}#table")
        page.until("location.href.endsWith('/#table')")
        page.opens()
        page.mirror().shows(State.SQUATTING, knees=(GOOD, GOOD))
        page.until("document.querySelectorAll('.card').length === 1")
        page.tablet.click("#go")
        page.until("document.body.dataset.timer === 'running'")
        assert page.tablet.evaluate("document.cookie") == ""
        assert key not in page.tablet.url
    assert all("401" in fault for fault in page.faults), page.faults


def test_what_a_station_calls_itself_is_text_and_nothing_else(page):
    page.mirror("<img src=x onerror=alert(1)>").shows(State.SQUATTING, knees=(GOOD, GOOD))
    page.opens()
    page.until("document.querySelectorAll('.card').length === 1")
    assert page.tablet.locator(".card img").count() == 0
    assert page.tablet.inner_text(".card h2") == "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("size", [LYING, UPRIGHT], ids=str)
def test_the_page_fits_in_every_language(page, language, size):
    eight(page)
    page.opens(size, f"/?language={language}")
    page.until("document.querySelectorAll('.card').length === 8")
    settled(page.tablet)
    assert page.tablet.url == page.home + "/"
    assert page.tablet.inner_text("#go") == table(language)["timer"]["start"]
    page.keep(f"{language}-{size[0]}")
    assert_fits(page, size)
    page.tablet.click("#go")
    page.until("document.body.dataset.timer === 'running'")
    settled(page.tablet)
    assert_fits(page, size)
    for line in page.tablet.locator(".line").all():
        assert line.evaluate("e => e.scrollWidth <= e.clientWidth"), line.inner_text()


def test_thirty_two_stations_scroll_rather_than_shrink_to_nothing(page):
    for i in range(32):
        page.mirror(f"Rack {i + 1}").shows(State.SQUATTING, knees=(GOOD, GOOD))
    page.opens()
    page.until("document.querySelectorAll('.card').length === 32")
    settled(page.tablet)
    page.keep("32")
    widths = [card.bounding_box()["width"] for card in page.tablet.locator(".card").all()]
    assert min(widths) > 200
    assert page.tablet.evaluate("document.documentElement.scrollWidth <= innerWidth")


# -- a phone, names, paper


PHONE = (390, 844)
FINGER_PX = 44


@pytest.mark.parametrize("language", languages())
def test_on_a_phone_start_and_stop_are_under_a_thumb_and_nothing_hangs_over(page, language):
    eight(page)
    page.opens(PHONE, f"/?language={language}")
    page.until("document.querySelectorAll('.card').length === 8")
    settled(page.tablet)
    page.keep(f"phone-{language}")
    assert_on_a_phone(page, "#go")
    page.tablet.click("#go")
    page.until("document.body.dataset.timer === 'running'")
    settled(page.tablet)
    page.keep(f"phone-{language}-running")
    assert_on_a_phone(page, "#go", "#stop")
    for card in page.tablet.locator(".card").all():
        inside = card.evaluate("e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]")
        assert max(inside) <= 1, card.inner_text()


def assert_on_a_phone(page: Page, *buttons: str) -> None:
    assert page.tablet.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    clock, nav = (page.tablet.locator(name).bounding_box() for name in ("#interval", "nav"))
    assert clock is None or clock["x"] + clock["width"] <= nav["x"]
    for name in (*buttons, "#to-table", "#to-stations"):
        box = page.tablet.locator(name).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        assert box["y"] + box["height"] <= PHONE[1] / 2
        assert min(box["width"], box["height"]) >= FINGER_PX


def test_on_a_phone_the_table_scrolls_sideways_by_itself(page):
    mirror = page.mirror()
    mirror.squats((GOOD, GOOD), (OFF, GOOD))
    mirror.finishes((GOOD, GOOD), (OFF, GOOD))
    page.opens(PHONE, "/#table")
    page.until("document.querySelectorAll('tbody').length === 1")
    settled(page.tablet)
    page.keep("phone-table")
    wide = "(() => { const e = document.getElementById('wide'); return e.scrollWidth - e.clientWidth; })()"
    assert page.tablet.evaluate(wide) > 100
    assert page.tablet.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    for name in ("#csv", "#print", "#anew"):
        assert page.tablet.locator(name).bounding_box()["width"] >= FINGER_PX


def test_a_name_is_kept_on_this_tablet_alone_and_goes_with_a_new_class(page, chromium):
    mirror = page.mirror()
    mirror.squats((GOOD, GOOD), (OFF, GOOD))
    mirror.finishes((GOOD, GOOD), (OFF, GOOD))
    sent = []
    page.tablet.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    page.opens()
    page.until("document.querySelectorAll('.card').length === 1")
    page.tablet.click(".card .tap")
    page.until("document.querySelectorAll('#person-sets li').length === 1")
    page.keep("person")
    assert "2 reps" in page.tablet.inner_text("#person-sets")
    page.tablet.fill("#person-name", "<b>Zoë</b>")
    page.tablet.keyboard.press("Enter")
    page.until("document.querySelector('.card h2').textContent.includes('·')")
    assert page.tablet.inner_text(".card h2") == "<b>Zoë</b> · Rack 1"
    page.opens(path="/#table")
    page.until("document.querySelectorAll('tbody').length === 1")
    assert page.tablet.locator("tbody td").nth(1).inner_text() == "Rack 1 · <b>Zoë</b>"
    other = chromium.new_context().new_page()
    other.goto(page.home)
    until(other, "document.querySelectorAll('.card').length === 1")
    assert other.inner_text(".card h2") == "Rack 1"
    other.context.close()
    assert not any("Zo" in url or "Zo" in body for url, body in sent), "the name left the tablet"
    page.tablet.click("#anew")
    page.tablet.click("#yes")
    page.until("localStorage.length === 0")


def test_a_card_opens_with_the_keyboard_and_an_empty_name_is_none(page):
    page.mirror().shows(State.READY)
    page.opens()
    page.until("document.querySelectorAll('.card').length === 1")
    page.tablet.focus(".card .tap")
    page.tablet.keyboard.press("Enter")
    page.until("document.getElementById('person').open")
    page.until("!document.getElementById('person-none').hidden")
    page.tablet.keyboard.press("Escape")
    page.until("!document.getElementById('person').open")
    assert page.tablet.inner_text(".card h2") == "Rack 1"
    assert page.tablet.evaluate("localStorage.getItem('squat-mirror.class.names')") in (None, "{}")


def test_the_screen_stays_on_where_the_browser_allows_it(page):
    page.tablet.add_init_script(
        "window.locks = []; Object.defineProperty(navigator, 'wakeLock',"
        " { value: { request: async (kind) => window.locks.push(kind) } });"
    )
    page.opens()
    page.until("window.locks.length === 1")
    page.tablet.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.until("window.locks.length === 2")
    assert page.tablet.evaluate("window.locks") == ["screen", "screen"]


def test_the_class_prints_on_a4_with_its_day_and_without_buttons(page):
    for i in range(1, 5):
        mirror = page.mirror(f"Rack {i}")
        mirror.squats((GOOD, GOOD), (OFF, GOOD))
        mirror.finishes((GOOD, GOOD), (OFF, GOOD))
    page.opens(path="/#table")
    page.until("document.querySelectorAll('tbody').length === 4")
    page.tablet.emulate_media(media="print")
    page.tablet.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.keep("sheet")
    assert page.tablet.inner_text("#sheet").startswith("Class · ")
    assert str(time.localtime().tm_year) in page.tablet.inner_text("#sheet")
    for name in ("#go", "#csv", "#print", "#anew", "#language"):
        assert not page.tablet.is_visible(name)
    paper = page.tablet.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in paper or b"/MediaBox [0 0 595" in paper
    assert paper.count(b"/Type /Page\n") == 1


AUDIO = """
window.beeps = [];
window.AudioContext = class {
  currentTime = 100;
  destination = {};
  close() { window.silenced = true; }
  createGain() {
    const quiet = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain: quiet, connect: () => {} };
  }
  createOscillator() {
    const tone = { frequency: {}, connect: (other) => other, stop() {} };
    tone.start = (at) => window.beeps.push([tone.frequency.value, at - 100]);
    return tone;
  }
};
"""


def test_beeps_count_down_to_a_change_and_are_off_until_somebody_taps(page):
    page.tablet.add_init_script(AUDIO)
    now = [time.time()]
    page.board._wall = lambda: now[0]
    page.board.ask("start", 600, 600, 2)
    now[0] += 300
    page.opens()
    page.until("document.body.dataset.timer === 'running'")
    page.tablet.click("#beeps")
    assert page.tablet.get_attribute("#beeps", "aria-pressed") == "true"
    now[0] += 298.8  # the next whole second is in 0.2
    page.board.hub.ring()
    page.until("window.beeps.length >= 2")
    tones = page.tablet.evaluate("window.beeps")
    assert [hz for hz, _ in tones] == [660, 990], "1, and the change"
    assert all(0 <= in_s <= 0.45 for _, in_s in tones)
    page.tablet.click("#beeps")
    assert page.tablet.evaluate("window.silenced")
    now[0] += 600
    page.board.hub.ring()
    page.until("document.getElementById('round').textContent === 'Round 2 of 2'")
    assert len(page.tablet.evaluate("window.beeps")) == 2


def test_nothing_is_heard_that_nobody_asked_for(page):
    page.tablet.add_init_script(AUDIO)
    now = [time.time()]
    page.board._wall = lambda: now[0]
    page.board.ask("start", 600, 600, 2)
    now[0] += 599.8
    page.opens()
    page.until("document.getElementById('what').textContent === 'Rest'")
    assert page.tablet.evaluate("window.beeps") == []

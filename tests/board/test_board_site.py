"""The web site: opened by whoever may, changed by its own page only, and asking nobody else for anything."""

from __future__ import annotations

import csv
import io
import re

import pytest
from board.mirrors import CAUTION, GOOD, OFF, UNKNOWN, Mirror
from starlette.testclient import TestClient

from mirror.board.access import COOKIE, HEADERS, known, own_names
from mirror.board.board import Board
from mirror.board.sets_table import COLUMNS
from mirror.board.site import FILES, PAGE, site
from mirror.coach.feedback import State
from mirror.mqtt.topics import VERDICTS

KEY = "0123456789abcdef0123"
HOME = "http://127.0.0.1:8080"
START = {"do": "start", "work_s": 30, "rest_s": 15, "rounds": 4}


@pytest.fixture
def board() -> Board:
    return Board("squat-mirror", "broker:1883")


def browser(board: Board, key: str | None = None, at: str = HOME) -> TestClient:
    """A browser that knows nothing yet."""
    return TestClient(site(board, "en", key, own_names()), base_url=at)


def mirror(board: Board, name: str = "Rack 1") -> Mirror:
    return Mirror(lambda topic, payload, retain: board.hear(topic, payload, False), name)


# -- the door


def test_where_there_is_no_key_everybody_on_this_computer_may_look(board):
    assert browser(board).get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/events", "/sets.json", "/sets.csv", "/board.js", "/nothing"])
@pytest.mark.parametrize("given", ["", "?key=", "?key=wrong", f"?key={KEY[:-1]}", f"?key={KEY}0", "?key=%ff"])
def test_without_the_key_nothing_is_shown_and_a_sentence_says_why(board, path, given):
    answer = browser(board, KEY).get(path + given)
    assert answer.status_code == 401
    assert "This board has a key" in answer.text
    assert "set-cookie" not in answer.headers


def test_the_key_is_given_once_and_a_cookie_that_no_script_can_read_keeps_the_door_open(board):
    tablet = browser(board, KEY)
    answer = tablet.get(f"/?key={KEY}")
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert KEY not in cookie
    assert tablet.get("/").status_code == 200
    assert tablet.get("/sets.json").json() == []
    assert browser(board, KEY).get("/").status_code == 401


@pytest.mark.parametrize("value", ["", "x", KEY, '"', "a" * 64])
def test_a_cookie_somebody_made_up_opens_nothing(board, value):
    answer = browser(board, KEY).get("/", headers={"cookie": f"{COOKIE}={value}"})
    assert answer.status_code == 401


def test_with_another_key_old_cookies_are_worth_nothing(board):
    tablet = browser(board, KEY)
    cookie = tablet.get(f"/?key={KEY}").headers["set-cookie"].partition(";")[0]
    other = browser(board, KEY[::-1])
    assert other.get("/", headers={"cookie": cookie}).status_code == 401


def test_the_key_is_compared_in_constant_time():
    text = (PAGE.parent / "access.py").read_text("utf-8")
    assert text.count("compare_digest") == 2
    assert not re.search(r"(==|!=|\bin\b) *(str\()?self\._key", text)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "192.168.1.20:8080", "[::1]:8080", "[fe80::1]", "10.0.0.9"]
)
def test_the_board_is_known_by_its_address(board, host):
    assert browser(board).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "", ":8080",
     "127.0.0.1:x", "[::1", "user@evil.example", "evil.example#127.0.0.1"],
)  # fmt: skip
def test_a_name_that_somebody_else_points_here_is_refused(board, host):
    """DNS rebinding: a foreign page whose own name suddenly means this computer."""
    answer = browser(board).get("/", headers={"host": host})
    assert answer.status_code in (400, 421)
    assert "Squat Mirror" not in answer.text


def test_the_computer_is_known_by_its_name_and_by_mdns():
    names = frozenset({"localhost", "pi", "pi.local"})
    assert known("PI.local:8080", names)
    assert known("pi.local.", names)
    assert not known("pi.evil.example", names)


@pytest.mark.parametrize("path", ["/timer", "/anew"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"},
     {"origin": HOME, "sec-fetch-site": "cross-site"}, {"origin": HOME, "sec-fetch-site": "same-site"},
     {"referer": f"{HOME}/"}],
    ids=str,
)  # fmt: skip
def test_a_foreign_page_changes_nothing(board, path, headers):
    answer = browser(board).post(path, json=START, headers=headers)
    assert answer.status_code == 403
    assert board.timer.started is None


def test_the_boards_own_page_starts_the_timer(board):
    answer = browser(board).post(
        "/timer", json=START, headers={"origin": HOME, "sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == 204
    assert board.timer.started is not None


@pytest.mark.parametrize(
    "sent",
    [{"data": {"do": "start"}}, {"content": b'{"do": "stop"}'}, {"json": []}, {"json": {"do": "x" * 2000}},
     {"content": b"{", "headers": {"content-type": "application/json"}}, {"json": {}},
     {"json": {**START, "rounds": 0}}, {"json": {**START, "work_s": "40"}}],
    ids=range(8),
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_in_a_sentence(board, sent):
    headers = {"origin": HOME, **sent.pop("headers", {})}
    answer = browser(board).post("/timer", headers=headers, **sent)
    assert answer.status_code == 400
    assert answer.text.strip()
    assert board.timer.started is None


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_there_is_no_other_way_to_change_anything(board, method):
    answer = browser(board).request(method, "/timer", headers={"origin": HOME})
    assert answer.status_code == 405


def test_nothing_can_be_asked_by_opening_an_address(board):
    assert browser(board).get("/timer?do=start").status_code == 405


@pytest.mark.parametrize(
    "path", ["/", *(f"/{name}" for name in FILES), "/sets.json", "/sets.csv", "/nothing"]
)
def test_every_answer_forbids_whatever_the_page_does_not_need(board, path):
    headers = browser(board).get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*|data:", policy)
    assert "cache-control" in headers


@pytest.mark.parametrize(
    "path", ["/../board.py", "/%2e%2e/board.py", "/board.html", "/words/en.toml", "/board.js/x"]
)
def test_only_the_pages_own_files_are_given_out(board, path):
    assert browser(board).get(path).status_code == 404


def test_the_page_names_no_other_host_and_has_no_style_or_script_in_it():
    for name in ("board.html", *FILES):
        text = (PAGE / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", text), name
    document = (PAGE / "board.html").read_text("utf-8")
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style", document)


# -- what is shown


def test_the_page_is_in_the_language_asked_for_and_stays_in_it(board):
    tablet = browser(board)
    assert 'lang="en"' in tablet.get("/").text
    assert 'lang="de"' in tablet.get("/?language=de").text
    assert 'lang="de"' in tablet.get("/").text
    assert 'lang="de"' in tablet.get("/?language=xx").text


def test_the_table_tells_every_finished_set(board):
    one = mirror(board)
    one.squats((GOOD, GOOD), (OFF, GOOD), (GOOD, UNKNOWN))
    one.finishes((GOOD, GOOD), (OFF, GOOD), (GOOD, UNKNOWN))
    (row,) = browser(board).get("/sets.json").json()
    assert row["sentence"] == "Your left knee moved up to 12 degrees inside your line on 1 of 3 squats."
    assert (row["station"], row["set"], row["reps"]) == ("Rack 1", 1, 3)
    assert [row[verdict] for verdict in VERDICTS] == [1, 0, 1, 1]
    assert (row["worst"], row["furthest"]) == ("off_track", "left 12°")
    assert browser(board).get("/sets.json?language=es").json()[0]["furthest"] == "izquierda 12°"


def test_the_table_is_by_station_and_by_when_it_was(board):
    for name in ("Rack 10", "Rack 2"):
        one = mirror(board, name)
        for _ in range(2):
            one.squats((GOOD, GOOD))
            one.finishes((GOOD, GOOD))
    rows = browser(board).get("/sets.json").json()
    assert [(row["station"], row["set"]) for row in rows] == [
        ("Rack 2", 1), ("Rack 2", 2), ("Rack 10", 1), ("Rack 10", 2),
    ]  # fmt: skip


def test_a_set_in_which_nothing_was_judged_is_unknown_and_not_good(board):
    one = mirror(board)
    one.squats((UNKNOWN, UNKNOWN))
    one.finishes((UNKNOWN, UNKNOWN))
    (row,) = browser(board).get("/sets.json").json()
    assert (row["worst"], row["furthest"]) == ("unknown", "")


def test_the_table_can_be_saved_for_a_spreadsheet(board):
    one = mirror(board)
    one.squats((GOOD, CAUTION), (GOOD, GOOD))
    one.finishes((GOOD, CAUTION), (GOOD, GOOD))
    answer = browser(board).get("/sets.csv")
    assert re.search(
        r'attachment; filename="squat-class-\d{4}-\d\d-\d\d\.csv"', answer.headers["content-disposition"]
    )
    head, row = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert tuple(head) == COLUMNS
    told = dict(zip(head, row, strict=True))
    assert told["station"] == "Rack 1"
    assert (told["reps"], told["good"], told["caution"], told["worst"]) == ("2", "1", "1", "caution")
    assert (told["worst_side"], told["worst_deg"]) == ("right", "7.0")
    assert told["sentence"].startswith("2 squats Your right knee")


def test_the_spreadsheet_is_in_the_order_sets_were_done(board):
    for n, name in enumerate(("Rack 3", "Rack 1", "Rack 2")):
        one = mirror(board, name)
        one.t += 60.0 * n
        one.squats((GOOD, GOOD))
        one.finishes((GOOD, GOOD))
    rows = csv.DictReader(io.StringIO(browser(board).get("/sets.csv").content.decode("utf-8-sig")))
    assert [row["station"] for row in rows] == ["Rack 3", "Rack 1", "Rack 2"]
    told = browser(board).get("/sets.json").json()
    assert [row["station"] for row in told] == ["Rack 1", "Rack 2", "Rack 3"], "on the page by station"


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)"])
def test_no_station_can_put_a_formula_into_a_spreadsheet(board, name):
    one = mirror(board, name)
    one.squats((GOOD, GOOD))
    one.finishes((GOOD, GOOD))
    rows = list(csv.reader(io.StringIO(browser(board).get("/sets.csv").content.decode("utf-8-sig"))))
    assert rows[1][1] == f"'{name}"


def test_another_class_begins_with_an_empty_table(board):
    one = mirror(board)
    one.squats((GOOD, GOOD))
    one.finishes((GOOD, GOOD))
    tablet = browser(board)
    assert tablet.post("/anew", json={}, headers={"origin": HOME}).status_code == 204
    assert tablet.get("/sets.json").json() == []


def test_what_the_page_is_told_has_everything_and_cues_in_words(board):
    board.is_connected(True)
    one = mirror(board)
    one.comes()
    one.number = 1
    one.shows(State.SQUATTING, ((GOOD, GOOD),), "knees_over_toes", (GOOD, OFF))
    told = board.snapshot("de")
    assert told["broker"] == {"name": "broker:1883", "connected": True}
    assert told["timer"]["state"] == "stopped"
    (card,) = told["stations"]
    assert card["cue"] == "Knie über die Zehen"
    assert (card["left"], card["right"]) == ("good", "off_track")

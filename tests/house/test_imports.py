"""The rooms' imports go one way, so that a newcomer knows which room a line belongs to."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "mirror"

MAY_IMPORT = {
    "camera": {"camera", "faults", "settings"},
    "pose": {"pose", "camera", "faults", "laps"},
    "knees": {"knees"},
    "coach": {"coach", "knees", "faults"},
    "screen": {"screen", "coach", "knees", "report", "settings", "faults"},
    "signals": {"signals", "coach", "settings", "faults"},
    "report": {"report", "coach", "knees", "faults"},
    "board": {"board", "coach", "service", "settings", "faults"},
}
"""Rooms each room may import from. Screen and signals know Feedback, hence the verdicts it is made of."""

OF_THE_SERVICE = {"mirror.service.topics", "mirror.service.mqtt_setup", "mirror.service.mqtt_broker"}
OF_THE_COACH = {"mirror.coach", "mirror.coach.words"}
"""All that the board may know of them: what stations say and how a broker is reached; the words of cues."""

STATION_BELONGS_TO = {"cli", "station.py", "station_run.py", "bench.py"}


def modules(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Every module name a file imports, wherever in the file, from type-checking blocks too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_from_rooms_before_it(room: str) -> None:
    assert modules(room), f"there is no room called {room}"
    for path in modules(room):
        rooms = {name.split(".")[1] for name in imports(path) if name.startswith("mirror.")}
        assert rooms <= MAY_IMPORT[room], (
            f"{path.relative_to(PACKAGE)} reaches into {rooms - MAY_IMPORT[room]}"
        )


def test_the_board_knows_what_stations_say_and_nothing_of_how_they_see() -> None:
    for path in modules("board"):
        of_others = {name for name in imports(path) if name.startswith(("mirror.service", "mirror.coach"))}
        assert of_others <= OF_THE_SERVICE | OF_THE_COACH, f"{path.name} imports {of_others}"


def test_the_knees_room_needs_numpy_and_nothing_else() -> None:
    for path in modules("knees"):
        outside = {name.partition(".")[0] for name in imports(path)} - set(sys.stdlib_module_names)
        assert outside <= {"numpy", "mirror"}, f"{path.name} imports {outside - {'numpy', 'mirror'}}"


def test_only_the_command_line_imports_the_station() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] not in STATION_BELONGS_TO:
            found = imports(path) & {"mirror.station", "mirror.station_run"}
            assert not found, f"{path.name} imports the station"

"""Nothing leaves the machine but what README promises: who may open a connection, and what a code is."""

from __future__ import annotations

import ast
import socket
from dataclasses import replace
from pathlib import Path

import pytest

import mirror
from mirror.coach.feedback import State, nothing
from mirror.coach.words import words

PACKAGE = Path(mirror.__file__).parent
TALKS = ("socket", "ssl", "http", "urllib", "ftplib", "smtplib", "asyncio", "paho", "uvicorn", "starlette")
HARMLESS = {"urllib.parse"}
"""Takes addresses apart and opens none."""
MAY_TALK = {
    "mqtt": "a broker, where [mqtt] names one",
    "board": "the coach's page, which somebody starts",
    "service/watchdog.py": "systemd's own socket",
}


def talks(path: Path) -> set[str]:
    """Modules that can open a connection, of those a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name for name in names - HARMLESS if name.split(".")[0] in TALKS}


def test_only_who_may_talk_can_open_a_connection() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix(): talks(path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if talks(path)
    }
    strangers = {name: what for name, what in found.items() if not name.startswith(tuple(MAY_TALK))}
    assert not strangers
    for room in MAY_TALK:
        assert any(name.startswith(room) for name in found), f"{room} talks no more: take it off the list"


@pytest.mark.parametrize("page", ["", "https://gym.example/take-home/"])
def test_a_set_is_taken_home_without_any_connection(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where a page is named: its address is drawn, and nobody is asked."""
    pygame = pytest.importorskip("pygame")
    from mirror.screen import samples
    from mirror.screen.qr_code import Share
    from mirror.screen.stage import Stage

    def nobody(*given: object, **how: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", nobody)
    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    stage = Stage(pygame.Surface((540, 960)), words("en"), share=Share(page, lambda: 1.79e9))
    summary = replace(nothing(0.0, State.SUMMARY), summary=samples.to_take_home(), summary_page=1)
    assert stage.draw(summary, None)
    says = stage.glass.take_home.code(samples.to_take_home(), words("en")).says
    if page:
        address, _, numbers = says.partition("#")
        assert address == page
        assert numbers.startswith("1"), "a fragment, which no browser sends"

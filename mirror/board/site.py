"""The board's web site: one page, its files, a stream of what changes, the table, and two things to ask for.

Knows HTTP and the board, not the broker. Nothing here asks another host for anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from mirror.board.access import COOKIE_S, Door
from mirror.board.board import Board
from mirror.board.messages import FinishedSet
from mirror.board.sets_table import as_csv, rows
from mirror.board.timer import REST_S, ROUNDS, WORK_S, NotATimer
from mirror.board.words import languages, spoken, table, words

if TYPE_CHECKING:
    from mirror.board.crowd import Crowd

PAGE = Path(__file__).parent / "page"
FILES = ("board.css", "board.js", "icon.svg")
LANGUAGE_COOKIE = "squat-mirror-language"
LARGEST_QUESTION, QUESTION_S = 1024, 5.0
"""Bytes a page may send, and how long that may take."""
AT_A_TIME = 64 * 1024
"""Bytes of a long answer that wait for a slow reader."""
GAP = re.compile(r"{{([a-z_]+\.[a-z_]+)}}")


class LongAnswers:
    """The finished sets as they are sent, made once for all who ask, until a set is added."""

    def __init__(self, board: Board) -> None:
        self._floor = board.floor
        self._lock = threading.Lock()  # asked in the server's threads
        self._version = -1
        self._made: dict[str, bytes] = {}

    def json(self, language: str) -> bytes:
        """For the page's table."""
        return self._of(language, lambda sets: json.dumps(rows(sets, words(language))).encode())

    def csv(self) -> bytes:
        """For a spreadsheet; with a mark that tells it they are UTF-8."""
        return self._of("csv", lambda sets: as_csv(sets).encode("utf-8-sig"))

    def _of(self, kind: str, make: Callable[[list[FinishedSet]], bytes]) -> bytes:
        with self._lock:
            version = self._floor.sets_version
            if version != self._version:
                self._version, self._made = version, {}
            if kind not in self._made:
                self._made[kind] = make(self._floor.sets())
            return self._made[kind]


def _in_pieces(content: bytes, media_type: str) -> Response:
    """An answer of which a slow reader holds up no more than a piece."""
    pieces = (content[at : at + AT_A_TIME] for at in range(0, len(content), AT_A_TIME))
    return StreamingResponse(
        _each(pieces), media_type=media_type, headers={"Content-Length": str(len(content))}
    )


async def _each(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class Site:
    """The pages of one board. language: for whoever chose none."""

    def __init__(self, board: Board, language: str) -> None:
        self._board = board
        self._language = spoken(language)
        self._long = LongAnswers(board)
        self._document = (PAGE / "board.html").read_text("utf-8")

    def page(self, request: Request) -> Response:
        """The page itself, in the language asked for."""
        language = self._language_of(request)
        answer = Response(self._in_words(language), media_type="text/html")
        if "language" in request.query_params:
            answer.set_cookie(
                LANGUAGE_COOKIE, language, max_age=COOKIE_S, path="/", httponly=True, samesite="strict"
            )
        return answer

    def file(self, request: Request) -> Response:
        """Style, script and icon. They may change with the next release, so they are asked for anew."""
        return FileResponse(PAGE / request.url.path.lstrip("/"), headers={"Cache-Control": "no-cache"})

    async def events(self, request: Request) -> Response:
        """The stream of what changes: every event is all there is to know, so that none can be missed."""
        language = self._language_of(request)

        async def stream() -> AsyncIterator[str]:
            async for _ in self._board.hub.moments():
                yield f"data: {json.dumps(self._board.snapshot(language))}\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    def sets(self, request: Request) -> Response:
        """The finished sets for the table."""
        language = self._language_of(request)
        return _in_pieces(self._long.json(language), "application/json")

    def sets_csv(self, request: Request) -> Response:
        """The finished sets for a spreadsheet; with a mark that tells it they are UTF-8."""
        name = time.strftime("squat-class-%Y-%m-%d.csv")
        answer = _in_pieces(self._long.csv(), "text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    async def timer(self, request: Request) -> Response:
        """Start, pause or stop the timer."""
        asked = await _asked(request)
        if asked is None:
            return PlainTextResponse("Expected a small JSON object.\n", 400)
        try:
            self._board.ask(*(asked.get(key) for key in ("do", "work_s", "rest_s", "rounds")))
        except NotATimer as why:
            return PlainTextResponse(f"{why}\n", 400)
        return Response(status_code=204)

    async def anew(self, request: Request) -> Response:
        """Another class: the finished sets go."""
        if await _asked(request) is None:
            return PlainTextResponse("Expected a small JSON object.\n", 400)
        self._board.begin_anew()
        return Response(status_code=204)

    def _language_of(self, request: Request) -> str:
        for asked in (request.query_params.get("language"), request.cookies.get(LANGUAGE_COOKIE)):
            if asked in languages():
                return asked
        return self._language

    def _in_words(self, language: str) -> str:
        say = words(language)
        known = {
            "page.code": language,
            "page.languages": self._choices(language),
            "page.words": _block(language),
        }
        for name, (low, high) in (("work", WORK_S), ("rest", REST_S), ("rounds", ROUNDS)):
            known |= {f"least.{name}": str(low), f"most.{name}": str(high)}
        return GAP.sub(lambda gap: known.get(gap[1]) or html.escape(say(gap[1])), self._document)

    def _choices(self, language: str) -> str:
        return "".join(
            f'<option value="{code}"{" selected" if code == language else ""}>'
            f"{html.escape(table(code)['page']['name'])}</option>"
            for code in languages()
        )


def site(
    board: Board, language: str, key: str | None, names: frozenset[str], crowd: Crowd | None = None
) -> ASGIApp:
    """The whole site behind its door. crowd: who stands there, where it is known."""
    here = Site(board, language)
    routes = [
        Route("/", here.page),
        *(Route(f"/{name}", here.file) for name in FILES),
        Route("/events", here.events),
        Route("/sets.json", here.sets),
        Route("/sets.csv", here.sets_csv),
        Route("/timer", here.timer, methods=["POST"]),
        Route("/anew", here.anew, methods=["POST"]),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        board.hub.open()
        yield

    return Door(Starlette(routes=routes, lifespan=lifespan), key, names, crowd)


async def _asked(request: Request) -> dict[str, Any] | None:
    """The JSON object a page sent, None for anything else. A form cannot send this type to another host."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return None
    body = b""
    try:
        async with asyncio.timeout(QUESTION_S):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_QUESTION:
                    return None
    except (ClientDisconnect, TimeoutError):  # a tablet that went out of range in the middle
        return None
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return asked if isinstance(asked, dict) else None


def _block(language: str) -> str:
    """The words as JSON that cannot end the element it stands in."""
    return json.dumps(table(language)).replace("<", "\\u003c")

"""Who may see the board: those who know its key, at an address it is known by, from a page it sent itself.

A layer around the whole site. Knows nothing of what is shown behind it. Names in the Host header are checked
because a foreign page may point a name of its own at this computer (DNS rebinding); the Origin because a
foreign page may send a form here.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mirror.board.crowd import Crowd

COOKIE = "squat-mirror-board"
COOKIE_S = 180 * 86400
HARMLESS = ("GET", "HEAD")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""With every answer: no page of ours asks another host for anything, and none frames ours."""


class Door:
    """key: None where nobody but this computer can connect. crowd: told who knows it."""

    def __init__(
        self, app: ASGIApp, key: str | None, names: frozenset[str], crowd: Crowd | None = None
    ) -> None:
        self._app = app
        self._key = key
        self._names = names
        self._crowd = crowd

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        headers = Headers(scope=scope)
        given = QueryParams(scope["query_string"]).get("key", "")
        refused = self._refused(scope["method"], headers, given)
        cookie = self._cookie() if self._key and not refused and self._is_key(given) else ""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.update(HEADERS)
                answer.setdefault("Cache-Control", "no-store")
                if cookie:
                    answer.append("Set-Cookie", cookie)
            await send(message)

        if self._crowd is None or not scope.get("client"):
            return await (refused or self._app)(scope, receive, with_headers)
        client = (str(scope["client"][0]), int(scope["client"][1]))
        if not self._crowd.asks(client, known=self._knows(headers, given)):
            refused = PlainTextResponse("This board has too many visitors. Try again in a minute.\n", 503)
        try:
            return await (refused or self._app)(scope, receive, with_headers)
        finally:
            self._crowd.answered(client)

    def _knows(self, headers: Headers, given: str) -> bool:
        """Whether it may see the board, as far as the key goes."""
        return not self._key or self._is_key(given) or self._has_cookie(headers.get("cookie", ""))

    def _refused(self, method: str, headers: Headers, given: str) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if not known(host, self._names):
            return PlainTextResponse(
                "This board is not known by that name. Use its IP address or host name.\n", 421
            )
        if not self._knows(headers, given):
            sentence = "This board has a key. Open the address that ends in ?key= and the key, once.\n"
            return PlainTextResponse(sentence, 401)
        if method not in HARMLESS and not _from_here(headers, host):
            return PlainTextResponse("Only the board's own page may change anything.\n", 403)
        return None

    def _is_key(self, given: str) -> bool:
        return bool(self._key) and hmac.compare_digest(given.encode(), str(self._key).encode())

    def _token(self) -> str:
        """What the cookie holds: it shows that the key was known, and cannot be turned into it."""
        return hmac.new(str(self._key).encode(), COOKIE.encode(), hashlib.sha256).hexdigest()

    def _has_cookie(self, header: str) -> bool:
        try:
            found = SimpleCookie(header).get(COOKIE)
        except CookieError:
            return False
        return found is not None and hmac.compare_digest(found.value.encode(), self._token().encode())

    def _cookie(self) -> str:
        return f"{COOKIE}={self._token()}; Max-Age={COOKIE_S}; Path=/; HttpOnly; SameSite=Strict"


def known(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this computer: one of `names`, or an IP address, which nobody can point
    elsewhere."""
    try:
        name = urlsplit(f"//{host}").hostname
        urlsplit(f"//{host}").port  # noqa: B018 - raises for what is no port
    except ValueError:
        return False
    if not name:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.rstrip(".") in names
    return True


def own_names() -> frozenset[str]:
    """What this computer may be called in an address, in lower case."""
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name.partition('.')[0]}.local"})


def _from_here(headers: Headers, host: str) -> bool:
    """Whether the page that sends this is one of ours: browsers say so and let no page lie about it."""
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    return headers.get("origin", "") in (f"http://{host}", f"https://{host}")

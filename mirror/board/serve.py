"""From the settings to a board that runs: its key, its socket, its broker, until somebody ends it.

What cannot work is one sentence before anything starts; a broker that is away is not among it.
"""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import ipaddress
import logging
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mirror.faults import BadInput, PermanentFault
from mirror.files.plain import in_a_line, in_home
from mirror.settings import Settings

if TYPE_CHECKING:
    from types import FrameType

    from mirror.board.board import Board

log = logging.getLogger(__name__)

NEEDS = {"starlette": "starlette", "uvicorn": "uvicorn", "paho": "paho-mqtt"}
LEAST_KEY = 16
"""Characters: half of a random 128-bit key in hexadecimal, and more than anybody tries over a network."""
LARGEST_KEY = 4096
GRACE_S = 1
WAITING = 1024
"""Connections that may wait to be taken: one that finds no place there asks again only after a second."""
COMPLAINTS_EVERY_S = 60.0
LONGEST_HEAD = 16 * 1024
"""Bytes of a request before its body; a browser's have one thousand."""


def run_board(settings: Settings) -> None:
    """Serve the board until SIGINT or SIGTERM. Raises BadInput and PermanentFault, one sentence each."""
    missing = [name for module, name in NEEDS.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise BadInput(f"the board needs {' and '.join(missing)}: pip install 'squat-mirror[board]'")
    from mirror.board.board import Board
    from mirror.board.mqtt_feed import Feed
    from mirror.mqtt.setup import setup_for

    setup = setup_for(settings)
    if setup is None:
        raise BadInput("[mqtt] broker: the board needs one to listen to")
    key = key_for(settings)
    with listening(settings.board.host, settings.board.port) as listener:
        board = Board(setup.topics.prefix, setup.address)
        feed = Feed(board, setup)
        feed.start()
        try:
            serve(board, listener, settings.coach.language, key)
        finally:
            feed.close()


def serve(board: Board, listener: socket.socket, language: str, key: str | None) -> None:
    """The site on this socket, until SIGINT or SIGTERM."""
    import uvicorn

    from mirror.board.access import own_names
    from mirror.board.crowd import BACKLOG, fitting_crowd, protocol
    from mirror.board.site import site

    crowd = fitting_crowd()

    class Server(uvicorn.Server):
        """Ends its open streams first: otherwise it would wait for tablets that never leave."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            asyncio.get_running_loop().set_exception_handler(Complaints())
            await super().startup(sockets)
            listener.listen(WAITING)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            board.hub.close()
            self.should_exit = True

    log.info("board: http://%s", _address(*listener.getsockname()[:2]))
    config = uvicorn.Config(
        site(board, language, key, own_names(), crowd),
        http=protocol(crowd),
        backlog=BACKLOG,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        access_log=False,  # it would write the key into the journal
        log_config=None,
        log_level="warning",
        server_header=False,
        lifespan="on",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    asyncio.run(Server(config).serve(sockets=[listener]))


class Complaints:
    """What the event loop complains about, as one line and once a minute at most: with no file left to open
    it complains four thousand times a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said_t = float("-inf")

    def __call__(self, loop: object, context: dict[str, Any]) -> None:
        now = self._clock()
        if now - self._said_t >= COMPLAINTS_EVERY_S:
            self._said_t = now
            log.warning("board: %s", in_a_line(str(context.get("exception") or context.get("message"))))


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises PermanentFault with one sentence; a network that comes
    up late may mend it."""
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise PermanentFault(f"--host: {host} is no address or name of this computer") from None
    try:
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise _cannot_listen(host, port, error) from None


def _cannot_listen(host: str, port: int, error: OSError) -> PermanentFault:
    if error.errno == errno.EADDRINUSE:
        return PermanentFault(f"port {port} is taken by another program: choose another with --port")
    if error.errno == errno.EACCES:
        return PermanentFault(f"port {port} is for root only: choose one from 1024 with --port")
    if error.errno == errno.EADDRNOTAVAIL:
        return PermanentFault(f"--host: {host} is no address of this computer")
    return PermanentFault(f"{_address(host, port)} cannot be listened at: {error.strerror}")


def key_for(settings: Settings) -> str | None:
    """The key that opens the board; None on this computer alone, if none is asked for. Raises BadInput."""
    name, host = settings.board.key_file.strip(), settings.board.host
    if not name:
        if is_loopback(host):
            return None
        raise BadInput(
            f"[board] key_file: at {host} others can reach the board, so it needs a file with a key of "
            f"{LEAST_KEY} letters or more"
        )
    path = in_home(name)
    try:
        with path.open("rb") as file:
            lines = file.read(LARGEST_KEY).decode("ascii").splitlines()
    except UnicodeDecodeError:
        raise BadInput(f"[board] key_file: {path} has something else than plain letters in it") from None
    except OSError as error:
        raise BadInput(f"[board] key_file: {path} cannot be read: {error.strerror}") from None
    key = lines[0].strip() if lines else ""
    if len(key) < LEAST_KEY or not key.isalnum():
        raise BadInput(
            f"[board] key_file: the first line of {path} must be {LEAST_KEY} or more letters and digits"
        )
    if path.stat().st_mode & 0o007:
        log.warning("board: everybody on this computer can read %s: chmod 640", path)
    return key


def is_loopback(host: str) -> bool:
    """Whether nobody but this computer can connect to this address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

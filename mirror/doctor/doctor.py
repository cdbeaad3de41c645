"""Looks at everything the mirror needs on this computer and says what is wrong and what to do about it.

Each look is a small function from what was seen to one Finding. It asks the other rooms, repairs nothing,
and goes on when one of them is broken.
"""

from __future__ import annotations

import os
import platform
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mirror import settings as settings_file
from mirror.doctor import broker
from mirror.doctor import computer as this_computer
from mirror.doctor.finding import Finding
from mirror.faults import BadInput, PermanentFault, TemporaryFault
from mirror.fitting.from_settings import engine
from mirror.service import folders, throttling
from mirror.settings import Settings
from mirror.signals.lights import NoLights
from mirror.signals.pick import open_lights, raspberry_pi

if TYPE_CHECKING:
    from mirror.pose.interpreter import Network

FEWEST_LOOKS_PER_S = 10.0
"""Below, a quick descent is over before it is judged."""
TRIES = 5


@dataclass(frozen=True, slots=True)
class Display:
    """pygame's video driver, or None and why it has none; asked: what $SDL_VIDEODRIVER demands, or ""."""

    driver: str | None
    why_not: str = ""
    asked: str = ""


def try_display(timeout_s: float = 20.0) -> Display:
    """Starts pygame's display in another process, as SDL would choose it: that leaves this one untouched."""
    environment = {**os.environ, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
    asked = environment.get("SDL_VIDEODRIVER", "")
    program = "import pygame; pygame.display.init(); print(pygame.display.get_driver())"
    call = [sys.executable, "-c", program]
    try:
        tried = subprocess.run(
            call, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return Display(None, f"pygame could not be started ({fault})", asked)
    if tried.returncode == 0 and tried.stdout.strip():
        return Display(tried.stdout.split()[-1], "", asked)
    return Display(None, (tried.stderr.strip().splitlines() or ["pygame ended"])[-1], asked)


@dataclass(frozen=True, slots=True)
class PluggedIn:
    """A camera that is there. node: of a webcam ("/dev/video0"), None for one on the ribbon."""

    name: str
    node: str | None = None

    @property
    def said(self) -> str:
        """In words."""
        return f"{self.name} on the ribbon" if self.node is None else f"{self.name} at {self.node}"


def look_for_cameras() -> list[PluggedIn]:
    """Every camera plugged in, without opening it: the ribbon's first, as auto picks them."""
    from mirror.camera import picamera, webcam

    try:
        ribbon = [PluggedIn(model) for model in picamera.cameras()]
    except picamera.PicameraUnusable:  # the libraries' finding says so, and webcams are seen all the same
        ribbon = []
    return ribbon + [PluggedIn(card, str(node)) for node, card in webcam.webcams()]


@dataclass(frozen=True, slots=True)
class Computer:
    """What is seen of the computer. `Computer()` looks at this one; tests say what they want seen.

    now_s, installed_s: wall-clock seconds since 1970. throttled: the firmware's bits, None if untold.
    clock_set: whether the network set the clock, None where nobody tells. devices: what it would open.
    service, unasked_ends: what systemd and the mirror itself say of its starts.
    display, cameras: take a while, so they are only called when their turn comes.
    """

    python: tuple[int, ...] = sys.version_info[:3]
    bits: int = 64 if sys.maxsize > 2**32 else 32
    machine: str = field(default_factory=platform.machine)
    board: str | None = field(default_factory=raspberry_pi)
    temperature_c: float | None = field(default_factory=throttling.temperature_c)
    throttled: int | None = field(default_factory=throttling.throttled)
    state_folder: Path = field(default_factory=folders.state_folder)
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    now_s: float = field(default_factory=time.time)
    installed_s: float = field(default_factory=lambda: Path(__file__).stat().st_mtime)
    clock_set: Callable[[], bool | None] = this_computer.clock_is_set
    devices: Callable[[], list[Path]] = this_computer.devices
    service: Callable[[], dict[str, str]] = this_computer.ask_service
    unasked_ends: Callable[[], int] = this_computer.unasked_ends
    display: Callable[[], Display] = try_display
    cameras: Callable[[], list[PluggedIn]] = look_for_cameras


def examine(
    settings: Settings | None = None,
    config: Path | None = None,
    computer: Computer | None = None,
    only: Sequence[str] = (),
) -> list[Finding]:
    """Everything looked at, in the order a person would mend it.

    settings: the settings in force; None when they could not be loaded (then `config`, the file that was
    named, is examined and the rest is looked at with the defaults). only: names of findings, none means all.
    Takes a second or two; opens the lamp's pins and the display for a moment. Raises BadInput for a name
    that nothing has.
    """
    computer = computer or Computer()
    chosen = settings or Settings()
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("python", lambda: this_computer.python(computer.python, computer.bits, computer.machine)),
        ("libraries", lambda: this_computer.libraries(computer.board, chosen.camera.source)),
        ("permissions", lambda: this_computer.permissions(computer.devices())),
        ("settings", lambda: settings_found(settings_file.check(config), config)),
        ("model", lambda: model(chosen)),
        ("feet", feet),
        ("runtime", lambda: runtime(chosen)),
        ("camera", lambda: camera(chosen.camera.source, computer.cameras(), computer.board)),
        ("rotation", lambda: rotation(chosen, computer.board)),
        ("lamp", lambda: lamp(chosen, computer.board)),
        ("screen", lambda: screen(computer.display())),
        ("service", lambda: this_computer.service(computer.service(), computer.unasked_ends())),
        ("disk", lambda: this_computer.disk(computer.state_folder, computer.free_bytes)),
        ("store", lambda: this_computer.store(computer.state_folder, chosen.store.keep_days, computer.now_s)),
        ("faults", lambda: this_computer.faults(computer.state_folder, computer.now_s)),
        ("mqtt", lambda: broker.mqtt(chosen)),
        ("metrics", lambda: this_computer.metrics(chosen.metrics.file)),
        ("clock", lambda: this_computer.clock(computer.now_s, computer.installed_s, computer.clock_set())),
        ("power", lambda: this_computer.power(computer.board, computer.throttled)),
        ("heat", lambda: this_computer.temperature(computer.temperature_c)),
    ]
    known = [name for name, _ in looks]
    for name in only:
        if name not in known:
            raise BadInput(f"the doctor has no look called {name}; there are {', '.join(known)}")
    return [_look(name, look) for name, look in looks if not only or name in only]


def exit_code(findings: Iterable[Finding]) -> int:
    """0 when nothing is worse than a warning, 1 when something is a fault."""
    return int(any(finding.level == "fault" for finding in findings))


def _look(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (PermanentFault, TemporaryFault) as fault:
        return Finding(name, "fault", str(fault))
    except Exception as error:  # one broken part must not hide what the others have to say
        return Finding(
            name, "fault", f"could not be looked at: {type(error).__name__}: {error}", "install it again"
        )


def settings_found(problems: list[str], config: Path | None = None) -> Finding:
    """The settings file and the environment. problems: as `settings.check` tells them."""
    if problems:
        more = f" (and {len(problems) - 1} more)" if problems[1:] else ""
        return Finding("settings", "fault", problems[0] + more, "squat-mirror config check lists them all")
    path = settings_file.find(config)
    return Finding("settings", "ok", f"{path} is fine" if path else "no settings file, so the defaults")


def model(settings: Settings) -> Finding:
    """The model's file is there and is the one models.toml names."""
    from mirror.pose import catalog

    try:
        entry = catalog.find(settings.model.name)
        file = catalog.checked_file(entry)
    except PermanentFault as fault:
        return Finding(
            "model", "fault", str(fault), "install squat-mirror again, or choose another model.name"
        )
    return Finding("model", "ok", f"{entry.name}, {file.stat().st_size / 1e6:.1f} MB, checksum right")


def feet() -> Finding:
    """The second network's file, which finds the toe tips, is there and is the one models.toml names."""
    from mirror.pose import catalog

    try:
        file = catalog.checked_file(catalog.find(catalog.FOOT_MODEL))
    except PermanentFault as fault:
        return Finding("feet", "fault", str(fault), "install squat-mirror again")
    return Finding("feet", "ok", f"{catalog.FOOT_MODEL}, {file.stat().st_size / 1e6:.1f} MB, checksum right")


def runtime(settings: Settings) -> Finding:
    """The library that runs the model is installed and takes the model."""
    from mirror.pose import catalog, interpreter

    try:
        path = catalog.checked_file(catalog.find(settings.model.name))
    except PermanentFault:
        return Finding("runtime", "warning", "not tried: the model is not right")
    network = interpreter.Network(path, **engine(settings))
    looks = _looks_per_s(network)
    says = f"{network.said}, runs {path.name} {looks:.0f} times a second"
    if looks < FEWEST_LOOKS_PER_S:
        return Finding("runtime", "warning", f"{says}, too slow for a quick squat", "choose a smaller model")
    return Finding("runtime", "ok", says)


def _looks_per_s(network: Network) -> float:
    """How often a second the network runs, by its quickest of a few tries: others may use the processor."""
    (wanted,) = network.inputs
    picture = np.zeros(wanted.shape, wanted.dtype)
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        network.run(picture)
        took.append(time.perf_counter() - began)
    return 1.0 / min(took)


def camera(source: str, seen: list[PluggedIn], board: str | None) -> Finding:
    """A camera is there, or the video named in the settings is. seen: as `look_for_cameras` finds them.

    It is not opened: a running mirror holds it.
    """
    from mirror.camera.video import check_readable, mode_of

    path = Path(source)
    mode = mode_of(path)
    if (mode is not None and not stat.S_ISCHR(mode)) or path.suffix:
        try:
            check_readable(path)
        except PermanentFault as fault:
            return Finding(
                "camera", "fault", str(fault), "set camera.source to a video that is there, or to auto"
            )
        return Finding("camera", "ok", f"not a camera but the file {source}")
    if source == "picamera":
        seen = [one for one in seen if one.node is None]
    if path.is_absolute():
        seen = [one for one in seen if one.node == source]
    if seen:
        return Finding("camera", "ok", ", ".join(one.said for one in seen))
    says = "no camera is seen" if source == "auto" else f"no camera {source} is seen"
    do = (
        "plug in a webcam"
        if board is None
        else "check both ends of the ribbon, then rpicam-hello --list-cameras"
    )
    return Finding("camera", "warning" if board is None else "fault", says, do)


def rotation(settings: Settings, board: str | None) -> Finding:
    """How camera and display are turned. Only a person can see whether up is up; the shape can be told."""
    camera, screen = settings.camera, settings.screen
    width, height = camera.width, camera.height
    if camera.rotation % 180:
        width, height = height, width
    says = f"camera turned {camera.rotation} degrees, pictures {width}x{height}; display {screen.rotation}"
    if board is not None and width > height:
        return Finding(
            "rotation",
            "warning",
            f"{says}: lying pictures cut heads off",
            "turn the camera, [camera] rotation",
        )
    return Finding("rotation", "ok", says)


def lamp(settings: Settings, board: str | None) -> Finding:
    """The pins can be had. They are taken for a moment: a running mirror holds them."""
    hint = (
        "stop a mirror that is running (it holds the pins); else join the group gpio: usermod -aG gpio USER"
    )
    try:
        lights, says = open_lights(settings.lights, lambda: board)
    except PermanentFault as fault:
        return Finding("lamp", "fault", str(fault), hint)
    lights.close()
    unwanted = isinstance(lights, NoLights) and settings.lights.kind == "auto" and board is not None
    return Finding("lamp", "warning", says, hint) if unwanted else Finding("lamp", "ok", says)


def screen(display: Display) -> Finding:
    """A picture can be shown: on a desktop, or on the bare console through KMS."""
    seen = display.driver is not None and display.driver not in ("dummy", "offscreen")
    if seen:
        return Finding("screen", "ok", f"pygame draws through {display.driver}")
    if display.asked:
        why = display.why_not or f"{display.driver} shows nothing"
        return Finding(
            "screen", "warning", f"SDL_VIDEODRIVER={display.asked}: {why}", "unset SDL_VIDEODRIVER"
        )
    return Finding(
        "screen",
        "warning",
        f"no display: {display.why_not or 'pygame finds neither a desktop nor KMS'}",
        "connect one; on a Raspberry Pi without desktop use apt's python3-pygame (pip's has no KMS)",
    )

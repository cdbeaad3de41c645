"""What the doctor looks at on the computer itself: Python, libraries, rights, disk, clock, power, heat.

Each look is a small function from what was seen to one Finding; it knows nothing of cameras and knees.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from mirror.camera.picamera import PicameraUnusable, picamera2_class
from mirror.doctor.finding import Finding, Level
from mirror.files.plain import in_home
from mirror.history.database import FILE_NAME, newest_believed
from mirror.service import incident_log, starts, throttling
from mirror.service.metrics import ours
from mirror.service.wall_clock import A_DAY_S, CLOCK_IS_SET, plausible

OLDEST_PYTHON = (3, 11)
LITTLE_SPACE, TOO_LITTLE_SPACE = 500e6, 50e6  # bytes; logs, statistics and an update need some hundred MB
HOT_C = 80.0  # a Raspberry Pi begins to slow down at 80 degrees (85 at the latest)
LATELY_S = 30 * A_DAY_S
NEEDED = ("numpy", "cv2", "av", "pygame", "gpiozero")
DEVICES = ("dri/card*", "gpiochip*", "video*", "media*", "dma_heap/*")
"""What a mirror opens, below /dev."""


def python(version_info: tuple[int, ...], bits: int, processor: str) -> Finding:
    """Version and word size: LiteRT has no 32-bit wheels."""
    version = ".".join(map(str, version_info))
    says = f"Python {version}, {bits}-bit on {processor}"
    if bits < 64:
        return Finding(
            "python", "fault", says, "install the 64-bit Raspberry Pi OS: 32-bit ones cannot run the model"
        )
    if version_info[:2] < OLDEST_PYTHON:
        return Finding("python", "fault", says, "use Python 3.11 or newer")
    return Finding("python", "ok", says)


def libraries(board: str | None, source: str = "auto") -> Finding:
    """What must be importable is, and Picamera2 can be used. board: None off a Raspberry Pi. source: the
    settings' camera: one that insists on Picamera2 makes its lack a fault."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    versions = []
    for name in NEEDED:
        module = importlib.import_module(name)
        inside = getattr(module, "ffmpeg_version_info", "")  # what other people's videos meet
        version = getattr(module, "__version__", None) or _version(name)
        versions.append(f"{name} {version}{f' with FFmpeg {inside}' if inside else ''}")
    try:
        picamera2_class()
        versions.append(f"picamera2 {_version('picamera2')}")
    except PicameraUnusable as lacking:
        wanted = source == "picamera"
        if wanted or board is not None or lacking.why != "missing":
            level: Level = "fault" if wanted or lacking.why == "broken" else "warning"
            return Finding("libraries", level, lacking.says, lacking.do)
    return Finding("libraries", "ok", ", ".join(versions))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "of unknown version"


def devices(folder: Path = Path("/dev")) -> list[Path]:
    """The devices here that a mirror would open."""
    return sorted(path for pattern in DEVICES for path in folder.glob(pattern))


def permissions(found: list[Path]) -> Finding:
    """This user may open them. Devices that are not there are somebody else's finding."""
    closed = [path for path in found if not os.access(path, os.R_OK | os.W_OK)]
    if closed:
        says = f"{pwd.getpwuid(os.getuid()).pw_name} may not open {', '.join(map(str, closed))}"
        do = "sudo usermod -aG video,render,input,gpio USER, then log in again (the service has its own user)"
        return Finding("permissions", "warning", says, do)
    return Finding("permissions", "ok", f"{len(found)} devices may be opened" if found else "no devices here")


def disk(folder: Path, free_bytes: Callable[[Path], int]) -> Finding:
    """Room where the station remembers things; a folder that is not there yet is judged by its parent."""
    there = next(parent for parent in (folder, *folder.parents) if parent.is_dir())
    free = free_bytes(there)
    says = f"{free / 1e6:.0f} MB free in {there}"
    if not os.access(there, os.W_OK):
        return Finding(
            "disk", "warning", f"{there} cannot be written to", f"make {folder} for the user of the mirror"
        )
    if free < LITTLE_SPACE:
        level: Level = "fault" if free < TOO_LITTLE_SPACE else "warning"
        return Finding(
            "disk", level, says, "make room: journalctl --vacuum-size=50M and apt clean help first"
        )
    return Finding("disk", "ok", says)


def store(folder: Path, keep_days: int, now_s: float | None = None, marker: Path = CLOCK_IS_SET) -> Finding:
    """The kept sets can be read, none had to be moved aside, and the old ones go.

    keep_days: 0 keeps none. now_s: what the clock says, None: it is not looked at. marker: there once the
    network set it.
    """
    path = folder / FILE_NAME
    aside = sorted(path.parent.glob(f"{path.name}.corrupt-*")) if path.parent.is_dir() else []
    if not path.exists():
        return Finding("store", "ok", "no set kept yet" if keep_days else "no set is kept, as wished")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as rows:
            (verdict,) = rows.execute("PRAGMA quick_check(1)").fetchone()
            (count,) = rows.execute("SELECT count(*) FROM sets").fetchone()
            newest = newest_believed(rows)
    except sqlite3.Error as error:
        do = f"look whether this user may read {path}; a damaged file is moved aside at the next start"
        return Finding("store", "warning", f"{path} cannot be read ({error})", do)
    if verdict != "ok":
        return Finding("store", "warning", f"{path} is damaged ({verdict})", "restart: it is moved aside")
    says = f"{count} sets kept in {path}, " + (
        f"for {keep_days} days" if keep_days else "and no more of them"
    )
    if aside:
        do = f"the card may be failing; look at it, then delete {folder}/{FILE_NAME}.corrupt-*"
        return Finding("store", "warning", f"{says}; a damaged one lies beside it", do)
    if not keep_days or now_s is None or marker.exists() or plausible(now_s, newest):
        return Finding("store", "ok", says)
    do = "none is deleted by this clock; it cannot be right: timedatectl set-time or squat-mirror sets delete"
    return Finding("store", "warning", says, do)


def faults(folder: Path, now_s: float) -> Finding:
    """What nobody foresaw and was survived lately, and where its joints are. folder: of the state."""
    of_ours = folder / incident_log.FOLDER
    lately = [one for one in incident_log.kept(of_ours) if now_s - one.last < LATELY_S]
    if not lately:
        return Finding("faults", "ok", "none of our own in the last 30 days")
    last = lately[-1]
    says = f"{len(lately)} of our own in the last 30 days; the last in {last.place} ({last.error})"
    box = of_ours / last.black_box
    attach = f"and attach {box} (joints of 20 s, no picture)" if last.black_box and box.exists() else ""
    do = " ".join(part for part in ("please report it", attach, f"; then delete {of_ours}") if part)
    return Finding("faults", "warning", says, do.replace(" ;", ";"))


def metrics(file: str) -> Finding:
    """The file of metrics can be written, by this user at least. file: "" for none."""
    if not file.strip():
        return Finding("metrics", "ok", "off: none are written")
    if importlib.util.find_spec("prometheus_client") is None:
        do = "pip install 'squat-mirror[metrics]'"
        return Finding("metrics", "warning", "prometheus-client is missing, so none are written", do)
    path = in_home(file.strip()).absolute()
    if not _metrics_ours(path):
        do = "name a file of its own in [metrics] file"
        return Finding("metrics", "warning", f"{path} is something else, so none are written", do)
    folder = path.parent
    if not os.access(folder, os.W_OK):
        do = "choose another [metrics] file; the service may write below /run/squat-mirror"
        return Finding("metrics", "warning", f"{folder} cannot be written to", do)
    return Finding("metrics", "ok", f"written to {file.strip()}")


def _metrics_ours(path: Path) -> bool:
    try:
        return ours(path)
    except OSError:  # a folder that may not be entered is told as one that cannot be written to
        return True


def ask_service() -> dict[str, str]:
    """What systemd says of the installed mirror, by property; empty where there is no systemd to ask."""
    systemctl = shutil.which("systemctl")
    if systemctl is None:
        return {}
    call = [systemctl, "show", "squat-mirror.service", "--property=LoadState,ActiveState,ExecMainStatus"]
    try:
        answer = subprocess.run(call, capture_output=True, text=True, timeout=5, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)


def unasked_ends(folder: Path = Path("/run/squat-mirror")) -> int:
    """How often the installed mirror ended in the last ten minutes without being asked."""
    return len(starts.recent(starts.read(folder / starts.FILE_NAME), time.monotonic()))


def service(answer: dict[str, str], ends: int) -> Finding:
    """The installed mirror runs, or is stopped because somebody wants that.

    answer: of `ask_service`. ends: of `unasked_ends`.
    """
    if answer.get("LoadState") != "loaded":
        return Finding("service", "ok", "the mirror is not installed as a service")
    state = answer.get("ActiveState", "")
    why = "journalctl -u squat-mirror -n 20 says why"
    if state == "failed" and answer.get("ExecMainStatus") == "2":
        says = "it has stopped, and starting it again cannot help"
        return Finding(
            "service", "fault", says, f"{why}; mend that, then sudo systemctl restart squat-mirror"
        )
    if ends >= starts.MANY_ENDS:
        says = f"it ended {ends} times in ten minutes without being asked, and starts about once a minute"
        return Finding("service", "fault", says, f"{why}; please report it")
    return Finding("service", "ok", {"active": "it runs", "inactive": "it is stopped"}.get(state, state))


def clock_is_set(marker: Path = CLOCK_IS_SET) -> bool | None:
    """Whether the network set the clock; None where neither systemd-timesyncd nor timedatectl tells."""
    if marker.exists():
        return True
    timedatectl = shutil.which("timedatectl")
    if timedatectl is None:
        return None
    call = [timedatectl, "show", "--property=NTPSynchronized", "--value"]
    try:
        answer = subprocess.run(call, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return answer == "yes" if answer in ("yes", "no") else None


def clock(now_s: float, installed_s: float, synchronised: bool | None = None) -> Finding:
    """A Raspberry Pi without network starts in the past: times in reports would be wrong, judging is not."""
    says = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now_s))
    if now_s < installed_s - A_DAY_S:
        return Finding(
            "clock", "warning", f"{says} is before this program was installed", "connect it to a network"
        )
    if synchronised is False:
        do = "connect it to a network, or set it: timedatectl set-time; judging does not need it"
        return Finding("clock", "warning", f"{says}, not set by the network", do)
    return Finding("clock", "ok", f"{says}, set by the network" if synchronised else says)


def power(board: str | None, bits: int | None) -> Finding:
    """Supply voltage and throttling since power-on, as the firmware tells them."""
    if board is None:
        return Finding("power", "ok", "not a Raspberry Pi: nothing to tell")
    if bits is None:
        return Finding("power", "warning", f"{board}: the firmware does not tell", "apt install raspi-utils")
    if not bits:
        return Finding("power", "ok", f"{board}: never short of voltage, never throttled")
    weak = bits & throttling.UNDER_VOLTAGE
    do = (
        "use the official power supply and a short cable" if weak else "give it a fan or a heat sink, and air"
    )
    return Finding("power", "warning", f"{board}: {', '.join(throttling.throttle_words(bits))}", do)


def temperature(celsius: float | None) -> Finding:
    """How hot the processor is."""
    if celsius is None:
        return Finding("heat", "ok", "no temperature sensor: nothing to tell")
    says = f"{celsius:.0f} degrees Celsius"
    if celsius >= HOT_C:
        return Finding("heat", "warning", f"{says}: it slows down", "give it a fan or a heat sink, and air")
    return Finding("heat", "ok", says)

"""The installer says exactly what it does, changes nothing twice, and keeps what is the owner's.

Here it puts its files below a folder; packages, program, user and service are tried in whole Debian roots by
install_in_root.sh beside this file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest

from mirror.camera.picamera import OLDEST_PICAMERA2
from mirror.screen.fonts import DEBIAN_FONTS

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / "scripts" / "install.sh"
SCRIPTS = [
    INSTALL,
    ROOT / "scripts" / "install_program.sh",
    ROOT / "scripts" / "test_repeatedly",
    ROOT / "scripts" / "environment.sh",
    ROOT / "systemd" / "squat-mirror.sh",
    ROOT / "systemd" / "squat-mirror-ended.sh",
    Path(__file__).parent / "install_in_root.sh",
]
CONFIG, STATE = "etc/squat-mirror/mirror.toml", "var/lib/squat-mirror/sets.sqlite"


class Card:
    """A system's root folder, and the installer run on it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "card"
        self._bin = folder / "bin"
        self._bin.mkdir()
        (self.root / "etc").mkdir(parents=True)
        self.system("trixie", "arm64")

    def system(self, suite: str, architecture: str) -> None:
        """What this system says it is."""
        names = {"bookworm": "12", "trixie": "13", "bullseye": "11", "noble": "24.04"}
        name = f'PRETTY_NAME="Debian GNU/Linux {names[suite]} ({suite})"\n'
        (self.root / "etc/os-release").write_text(f"{name}ID=debian\nVERSION_CODENAME={suite}\n")
        dpkg = self._bin / "dpkg"
        asked = f"[ $1 = --print-architecture ] && exec echo {architecture}"
        dpkg.write_text(f'#!/bin/sh\n{asked}\nexec /usr/bin/dpkg "$@"\n')
        dpkg.chmod(0o755)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = f"{self._bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        return subprocess.run(
            ["bash", INSTALL, "--root", self.root, *arguments], env={"PATH": path}, capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def run_whole(self, *arguments: str, picamera2: str = "") -> subprocess.CompletedProcess[str]:
        """Packages, program and service, too, on a system whose packages are offered and not installed.

        picamera2: the version of the only one that is. This system's own /etc and /opt are left out: the
        installer here looks at the card's; and without a Python there is nothing it could install.
        """
        told = f"*Status*picamera2) printf installed;; *Version*picamera2) printf {picamera2};;"
        known = f"case $* in {told} esac" if picamera2 else ""
        stubs = {"apt-cache": "", "dpkg-query": known, "apt-get": "", "python3": "exit 1", "id": "echo 0"}
        for name, does in stubs.items():
            (self._bin / name).write_text(f"#!/bin/sh\n{does}\n")
            (self._bin / name).chmod(0o755)
        scripts = self.root.parent / "source" / "scripts"
        scripts.mkdir(parents=True, exist_ok=True)
        (scripts.parent / "mirror").mkdir(exist_ok=True)
        shutil.copy(ROOT / "mirror/__init__.py", scripts.parent / "mirror/__init__.py")
        script = INSTALL.read_text("utf-8")
        for folder in ("/etc/", "/opt/"):
            script = script.replace(folder, f"{self.root}{folder}")
        (scripts / "install.sh").write_text(script)
        path = f"{self._bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        call = ["bash", scripts / "install.sh", *arguments]
        return subprocess.run(call, env={"PATH": path}, capture_output=True, text=True, check=False)

    def files(self) -> dict[str, tuple[str, int]]:
        """What is on it: content and mode by name."""
        return {
            str(path.relative_to(self.root)): (path.read_text("utf-8"), path.stat().st_mode & 0o777)
            for path in self.root.rglob("*")
            if path.is_file()
        }

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)


def commands(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if line.startswith("+ ")]


@pytest.fixture
def card(tmp_path) -> Card:
    return Card(tmp_path)


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
@pytest.mark.parametrize(
    "options", [(), ("--with-mqtt",), ("--without-mqtt",), ("--with-board",), ("--without-camera",)]
)
def test_a_dry_run_prints_exactly_what_a_run_does_and_does_nothing(card, suite, options):
    card.system(suite, "arm64")
    before = card.files()
    dry = card.run("--dry-run", *options)
    assert dry.returncode == 0, dry.stderr
    assert card.files() == before
    real = card.run(*options)
    assert real.returncode == 0, real.stderr
    assert commands(dry) == commands(real)
    assert len(commands(real)) >= 10
    put = {name for name in card.files() if name not in before}
    told = {line.split()[-1].removeprefix(f"{card.root}/") for line in commands(real)}
    assert put == told


def test_what_is_installed_is_what_is_in_the_sources(card):
    card.run("--with-mqtt")
    files = card.files()
    for name, target in (
        ("squat-mirror.service", "etc/systemd/system/squat-mirror.service"),
        ("mqtt.conf", "etc/systemd/system/squat-mirror.service.d/20-mqtt.conf"),
        ("squat-mirror-ended.service", "etc/systemd/system/squat-mirror-ended.service"),
        ("backoff.conf", "etc/systemd/system/squat-mirror.service.d/10-backoff.conf"),
        ("watchdog.conf", "etc/systemd/system.conf.d/squat-mirror.conf"),
        ("journald.conf", "etc/systemd/journald.conf.d/squat-mirror.conf"),
        ("60-squat-mirror.rules", "etc/udev/rules.d/60-squat-mirror.rules"),
        ("mirror.toml", CONFIG),
    ):
        assert files[target] == ((ROOT / "systemd" / name).read_text("utf-8"), 0o644)
    for name, target in (
        ("squat-mirror.sh", "bin/squat-mirror"),
        ("squat-mirror-ended.sh", "libexec/squat-mirror-ended"),
    ):
        assert files[f"usr/local/{target}"] == ((ROOT / "systemd" / name).read_text("utf-8"), 0o755)


def test_systemd_252_does_not_get_what_only_254_knows(card):
    card.system("bookworm", "arm64")
    card.run()
    assert not [name for name in card.files() if "backoff" in name]


def test_without_mqtt_the_service_has_no_network(card):
    card.run()
    assert not [name for name in card.files() if "mqtt" in name]
    unit = card.files()["etc/systemd/system/squat-mirror.service"][0]
    assert "\nRestrictAddressFamilies=AF_UNIX AF_NETLINK\n" in unit


DROP_IN = "etc/systemd/system/squat-mirror.service.d/20-mqtt.conf"


def test_an_upgrade_keeps_the_network_until_somebody_takes_it_away(card):
    card.run("--with-mqtt")
    once = card.files()
    assert card.run().returncode == 0
    assert card.files() == once
    dry = card.run("--without-mqtt", "--dry-run")
    assert card.files() == once
    real = card.run("--without-mqtt")
    assert commands(dry) == commands(real)
    assert set(once) - set(card.files()) == {DROP_IN}


def test_what_speaks_to_a_broker_is_installed_where_it_may_and_metrics_everywhere(card):
    """A whole dry run: the program's folder is another one, so that the same sources are installed anew."""
    plain = card.run_whole("--dry-run")
    asked = card.run_whole("--dry-run", "--with-mqtt")
    card.write(DROP_IN, "[Service]\n")
    kept = card.run_whole("--dry-run")
    for done, extras in ((plain, "pi,metrics"), (asked, "pi,metrics,mqtt"), (kept, "pi,metrics,mqtt")):
        assert done.returncode == 0, done.stderr
        (program,) = [command for command in commands(done) if "install_program.sh" in command]
        assert program.split()[-1].replace("\\", "") == extras
        folder = Path(program.split()[2]).parents[1].name
        assert folder.endswith("-mqtt") is ("mqtt" in extras)


BOARD, BOARD_KEY = "etc/systemd/system/squat-mirror-board.service", "etc/squat-mirror/board.key"


def test_the_coachs_page_comes_when_asked_for_and_is_not_switched_on(card):
    card.run()
    assert BOARD not in card.files()
    done = card.run("--with-board")
    assert card.files()[BOARD] == ((ROOT / "systemd/squat-mirror-board.service").read_text("utf-8"), 0o644)
    assert not [command for command in commands(done) if "enable" in command and "board" in command]
    whole = card.run_whole("--dry-run", "--with-board")
    assert not [command for command in commands(whole) if "enable" in command and "board" in command]
    (program,) = [command for command in commands(whole) if "install_program.sh" in command]
    assert program.split()[-1].replace("\\", "") == "pi,metrics,board"


def test_the_coachs_page_gets_a_key_once_and_nobody_reads_it_in_what_is_printed(card):
    first = card.run("--with-board")
    key, mode = card.files()[BOARD_KEY]
    assert re.fullmatch("[0-9a-f]{32}\n", key)
    assert mode == 0o600
    assert key.strip() not in first.stdout + first.stderr
    once = card.files()
    assert card.run().returncode == 0  # an upgrade keeps the page, and the key that tablets know
    assert card.files() == once
    card.run("--uninstall")
    assert BOARD not in card.files()
    card.run("--uninstall", "--purge")
    assert BOARD_KEY not in card.files()


def test_installing_again_changes_nothing(card):
    card.run()
    once = card.files()
    assert card.run().returncode == 0
    assert card.files() == once


def test_the_owners_settings_and_sets_survive_an_upgrade(card):
    card.run()
    card.write(CONFIG, "[camera]\nfps = 25\n")
    card.write(STATE, "sets")
    card.run()
    assert card.files()[CONFIG][0] == "[camera]\nfps = 25\n"
    assert card.files()[STATE][0] == "sets"


def test_removing_leaves_settings_and_sets_and_purging_leaves_nothing(card):
    before = card.files()
    card.run("--with-mqtt")
    card.write(STATE, "sets")
    dry = card.run("--uninstall", "--dry-run")
    real = card.run("--uninstall")
    assert real.returncode == 0, real.stderr
    assert commands(dry) == commands(real) != []
    assert set(card.files()) - set(before) == {CONFIG, STATE}
    assert card.run("--uninstall", "--purge").returncode == 0
    assert card.files() == before
    assert card.run("--uninstall").returncode == 0


@pytest.mark.parametrize(
    ("suite", "architecture", "says"),
    [
        ("bullseye", "arm64", "bookworm or trixie, not Debian GNU/Linux 11 (bullseye)"),
        ("noble", "arm64", "bookworm or trixie"),
        ("bookworm", "armhf", "64-bit Raspberry Pi OS, not armhf"),
        ("trixie", "i386", "64-bit Raspberry Pi OS, not i386"),
    ],
)
def test_a_wrong_system_is_one_sentence_and_nothing_is_done(card, suite, architecture, says):
    card.system(suite, architecture)
    before = card.files()
    done = card.run()
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert says in line
    assert done.stdout == ""
    assert card.files() == before


ASKS_FOR_CHINESE = ['language = "zh"', "language='zh_TW' # ours", '  coach.language = "zh"']
ASKS_FOR_ANOTHER = [
    "",
    '#language = "zh"',
    'language = "en"',
    'station = "language = zh"',
    'language = "en" # "zh"',
]


@pytest.mark.parametrize("line", [*ASKS_FOR_CHINESE, *ASKS_FOR_ANOTHER])
def test_letters_are_installed_for_settings_that_ask_for_chinese(card, line):
    """A whole dry run, with what a Debian of its own would say of packages."""
    card.write(CONFIG, f"[coach]\n{line}\n")
    done = card.run_whole("--dry-run")
    assert done.returncode == 0, done.stderr
    (apt,) = [command for command in commands(done) if "apt-get install" in command]
    assert "python3-numpy" in apt
    assert (DEBIAN_FONTS["zh"] in apt.split()) is (line in ASKS_FOR_CHINESE)
    told = card.run("--dry-run").stdout
    assert (DEBIAN_FONTS["zh"] in told) is (line in ASKS_FOR_CHINESE)


def test_a_first_installation_needs_no_settings_to_know_its_packages(card):
    done = card.run_whole("--dry-run")
    assert done.returncode == 0, done.stderr
    assert DEBIAN_FONTS["zh"] not in done.stdout


def asked_of_apt(done: subprocess.CompletedProcess[str]) -> list[str]:
    (apt,) = [command for command in commands(done) if "apt-get install" in command]
    return apt.split()


@pytest.mark.parametrize(
    ("version", "asked"), [("0.3.12-2", True), ("0.3.19-1", True), ("0.3.20-1", False), ("0.3.31-1", False)]
)
def test_a_picamera2_that_is_installed_is_asked_of_apt_again_only_where_it_is_too_old(card, version, asked):
    done = card.run_whole("--dry-run", picamera2=version)
    assert done.returncode == 0, done.stderr
    assert ("python3-picamera2" in asked_of_apt(done)) is asked
    without = card.run_whole("--dry-run", "--without-camera", picamera2=version)
    assert "python3-picamera2" not in asked_of_apt(without)


def test_a_picamera2_that_stays_too_old_ends_it_before_anything_is_installed(card):
    before = card.files()
    done = card.run_whole(picamera2="0.3.12-2")
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]
    assert f"Picamera2 0.3.12-2 is too old, {OLDEST_PICAMERA2} or newer is needed" in line
    assert "sudo apt full-upgrade" in line
    assert card.files() == before


def test_purging_without_uninstalling_is_a_mistake_and_nothing_is_done(card):
    card.run()
    before = card.files()
    done = card.run("--purge")
    assert done.returncode == 2
    assert "--purge goes with --uninstall" in done.stderr
    assert commands(done) == []
    assert card.files() == before


LOCKED = (ROOT / "scripts/locked.txt").read_text("utf-8")
LOCK_LINE = re.compile(
    r"([a-z0-9-]+)==(\S+)( ; [^#]+?)?((?: --hash=sha256:[0-9a-f]{64})+)  # (?:all|build|[a-z,]+)"
)


def test_pip_takes_only_what_is_locked_as_root_wants_it(tmp_path):
    """A Python that writes down what it is asked: isolated, from /, by digests, wheels only."""
    asked = tmp_path / "asked"
    python = tmp_path / "python"
    python.write_text(f"""#!/bin/bash
printf '%s\\n' "$PWD $*" >>{asked}
for one in "$@"; do [ ! -r "$one" ] || [ -d "$one" ] || cat "$one" >>{asked}; done
""")
    python.chmod(0o755)
    call = ["bash", ROOT / "scripts/install_program.sh", python, ROOT, "pi,metrics,mqtt"]
    subprocess.run(call, check=True, cwd=tmp_path)
    packages, *lines, program = asked.read_text().splitlines()
    assert packages.startswith("/ -I -m pip install ")
    assert {"--require-hashes", "--only-binary", ":all:", "--no-deps"} <= set(packages.split())
    assert program.startswith("/ -I -m pip install ")
    assert {"--no-index", "--no-deps", "--no-build-isolation", str(ROOT)} <= set(program.split())
    names = {line.split("==")[0] for line in lines}
    assert {"typer", "av", "paho-mqtt", "prometheus-client", "hatchling"} <= names
    assert not names & {"starlette", "uvicorn", "numpy", "pygame", "gpiozero"}
    assert all("--hash=sha256:" in line and "#" not in line for line in lines)


def test_the_lock_has_a_digest_for_everything_and_names_no_host():
    lines = [line for line in LOCKED.splitlines() if not line.startswith("#")]
    for line in lines:
        assert LOCK_LINE.fullmatch(line), line
    assert not re.search(r"://|\.org|\.io|\.com|index|/", LOCKED.replace("scripts/lock_packages.py", ""))


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_the_lock_has_what_pyproject_asks_for_within_its_bounds(python):
    """Once it does not, run scripts/lock_packages.py."""
    packaging = pytest.importorskip("packaging.requirements")
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = told["project"]["optional-dependencies"]
    wanted = [*told["project"]["dependencies"], *told["build-system"]["requires"]]
    wanted += [one for extra in ("pi", "metrics", "mqtt", "board") for one in extras[extra]]
    here = {}
    for line in LOCKED.splitlines():
        if not line.startswith("#") and (f'"{python}"' in line or "python_version" not in line):
            name, version = line.split(" ")[0].split("==")
            here[name] = version
    for one in map(packaging.Requirement, wanted):
        if one.name in ("numpy", "pygame", "gpiozero"):
            continue  # the system's
        if one.marker is None or one.marker.evaluate({"python_version": python}):
            assert one.name in here, one
            assert one.specifier.contains(here[one.name]), one


def test_the_installed_command_takes_the_systems_settings_wherever_it_is_called(tmp_path):
    script = (ROOT / "systemd/squat-mirror.sh").read_text("utf-8")
    for folder in ("/etc/", "/opt/"):
        script = script.replace(folder, f"{tmp_path}{folder}")
    python = tmp_path / "opt/squat-mirror/current/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$SQUAT_MIRROR_CONFIG" "$@"\n')
    python.chmod(0o755)
    folder = tmp_path / "somebodys"
    folder.mkdir()
    (folder / "mirror.toml").touch()

    def called(**variables: str) -> str:
        env = {"PATH": "/usr/bin:/bin", **variables}
        done = subprocess.run(
            ["sh", "-c", script, "squat-mirror", "doctor"], cwd=folder, env=env, capture_output=True,
            text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    assert called() == "/dev/null -I -m mirror doctor"
    config = tmp_path / "etc/squat-mirror/mirror.toml"
    config.parent.mkdir(parents=True)
    config.touch()
    assert called() == f"{config} -I -m mirror doctor"
    assert called(SQUAT_MIRROR_CONFIG="named.toml") == "named.toml -I -m mirror doctor"


def test_an_option_nobody_knows_is_one_sentence(card):
    done = card.run("--frobnicate")
    assert done.returncode == 2
    assert done.stderr == "Squat Mirror: --frobnicate is no option of this script; --help lists them.\n"


def test_the_scripts_are_sound():
    """shellcheck comes with the test environment."""
    shellcheck = Path(sysconfig.get_path("scripts")) / "shellcheck"
    done = subprocess.run([shellcheck, *SCRIPTS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# -- units

HAS_ANALYZE = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


@pytest.fixture
def installed(card) -> Path:
    """A root that systemd-analyze can look at: the installed files and something to start."""
    card.run("--with-mqtt")
    shutil.copytree("/usr/lib/systemd/system", card.root / "usr/lib/systemd/system", symlinks=True)
    program = card.root / "opt/squat-mirror/current/bin/squat-mirror"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    shutil.rmtree(card.root / "etc/systemd/system/squat-mirror.service.d")  # systemd may be older than 254
    return card.root


@HAS_ANALYZE
@pytest.mark.parametrize("name", ["squat-mirror.service", "squat-mirror-ended.service"])
def test_systemd_finds_nothing_wrong_with_the_unit(installed, name):
    unit = installed / "etc/systemd/system" / name
    call = ["systemd-analyze", "verify", f"--root={installed}", unit]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "squat-mirror" not in done.stderr


@HAS_ANALYZE
def test_the_coachs_page_is_sound_and_exposed_by_2_at_most(card, installed):
    card.run("--with-board")
    call = ["systemd-analyze", "verify", f"--root={installed}", installed / BOARD]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "squat-mirror" not in done.stderr
    call = ["systemd-analyze", "security", "--offline=yes", f"--root={installed}", "--threshold=20"]
    done = subprocess.run([*call, "squat-mirror-board.service"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
    assert "Overall exposure level" in done.stdout


@HAS_ANALYZE
@pytest.mark.parametrize("with_mqtt", [False, True])
def test_the_service_is_exposed_by_2_at_most(installed, with_mqtt):
    if with_mqtt:
        folder = installed / "etc/systemd/system/squat-mirror.service.d"
        folder.mkdir()
        shutil.copy(ROOT / "systemd/mqtt.conf", folder / "20-mqtt.conf")
    call = ["systemd-analyze", "security", "--offline=yes", f"--root={installed}", "--threshold=20"]
    done = subprocess.run([*call, "squat-mirror.service"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
    assert "Overall exposure level" in done.stdout

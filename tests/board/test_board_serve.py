"""`squat-mirror board` says in one sentence what cannot work, and ends at once when it is asked to."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from broker import Held
from patience import PATIENCE_S

from mirror.board import serve
from mirror.board.serve import is_loopback, key_for, listening
from mirror.cli import main
from mirror.faults import BadInput, PermanentFault
from mirror.settings import Settings
from mirror.settings.board import BoardSettings

KEY = "0123456789abcdef"
NOBODY = "127.0.0.1:9"  # the port of the discard protocol: no broker


def settings(host: str = "127.0.0.1", key_file: Path | str = "") -> Settings:
    return Settings(board=BoardSettings(host=host, key_file=str(key_file)))


@pytest.fixture
def key_file(tmp_path) -> Path:
    path = tmp_path / "board.key"
    path.write_text(f"{KEY}\n")
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def _no_settings_of_this_desk(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


# -- the key


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost", "LOCALHOST"])
def test_on_this_computer_alone_no_key_is_needed(host):
    assert is_loopback(host)
    assert key_for(settings(host)) is None


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.20", "fe80::1", "pi.local", "localhost.example"]
)
def test_beyond_this_computer_there_is_no_board_without_a_key(host):
    assert not is_loopback(host)
    with pytest.raises(BadInput, match=r"key_file: at .* others can reach the board"):
        key_for(settings(host))


def test_a_key_that_is_given_is_asked_for_on_this_computer_too(key_file):
    assert key_for(settings("127.0.0.1", key_file)) == KEY
    assert key_for(settings("0.0.0.0", key_file)) == KEY


@pytest.mark.parametrize(
    "text", ["", "\n", "short\n", "a" * 15, "with blanks in it all\n", "ä" * 20, "a;" * 20]
)
def test_a_key_that_is_too_short_or_fits_no_address_is_refused(key_file, text):
    key_file.write_text(text)
    with pytest.raises(BadInput, match=r"\[board\] key_file: .*letters"):
        key_for(settings("0.0.0.0", key_file))


def test_a_key_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(BadInput, match=r"key_file: .*nowhere cannot be read: No such file"):
        key_for(settings("0.0.0.0", tmp_path / "nowhere"))


def test_a_key_everybody_can_read_is_warned_of(key_file, caplog):
    key_file.chmod(0o644)
    assert key_for(settings("0.0.0.0", key_file)) == KEY
    assert "chmod 640" in caplog.text
    assert KEY not in caplog.text


# -- where it listens


def test_a_port_that_is_taken_is_one_sentence():
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PermanentFault, match=f"port {port} is taken by another program"):
            listening("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "host.invalid", "\udcff"])
def test_an_address_of_another_computer_or_of_none_is_one_sentence(host):
    with pytest.raises(PermanentFault, match=r"--host: .* is no address"):
        listening(host, 8080)


# -- the command


def told(capfd, *arguments: str) -> tuple[int, str]:
    code = main(["board", *arguments])
    out, err = capfd.readouterr()
    assert out == ""
    return code, err


def test_beyond_loopback_without_a_key_the_command_ends_with_2(capfd):
    code, err = told(capfd, "--host", "0.0.0.0", "--broker", NOBODY)
    assert code == 2
    assert re.fullmatch(r"squat-mirror: \[board\] key_file: at 0\.0\.0\.0 others can reach .*\n", err)


def test_a_port_that_is_taken_ends_the_command_with_1(capfd):
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        code, err = told(capfd, "--port", str(port), "--broker", NOBODY)
    assert (code, err) == (
        1, f"squat-mirror: port {port} is taken by another program: choose another with --port\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "says"),
    [(("--port", "0"), "flag --port"), (("--port", "x"), "--port"), (("--broker", "a b"), "[mqtt] broker"),
     (("--broker", "host:99999"), "[mqtt] broker"), (("--host", " "), "flag --host")],
)  # fmt: skip
def test_flags_that_cannot_be_are_one_sentence(capfd, flags, says):
    code, err = told(capfd, *flags)
    assert code == 2
    assert err.count("\n") == 1
    assert says.replace("flag ", "") in err


def test_without_its_libraries_it_says_what_to_install(capfd, monkeypatch):
    monkeypatch.setattr(serve.importlib.util, "find_spec", lambda name: None)
    code, err = told(capfd)
    assert code == 2
    needs = "starlette and uvicorn and paho-mqtt"
    assert err == f"squat-mirror: the board needs {needs}: pip install 'squat-mirror[board]'\n"


@pytest.mark.parametrize(
    ("file", "flags", "broker"),
    [("", (), "localhost"), ("gym", (), "gym"), ("gym", ("--broker", "other:1"), "other:1")],
)  # fmt: skip
def test_the_broker_is_the_flags_else_the_settings_else_on_this_computer(
    monkeypatch, tmp_path, file, flags, broker
):
    (tmp_path / "mirror.toml").write_text(f'[mqtt]\nbroker = "{file}"\n[board]\nport = 8123\n')
    asked: list[Settings] = []
    monkeypatch.setattr(serve, "run_board", asked.append)
    assert main(["board", *flags]) == 0
    assert (asked[0].mqtt.broker, asked[0].board.port) == (broker, 8123)


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """The command itself, once it listens: process, host and port."""
    with Held() as port:
        yield from started(port, *arguments)


def started(port: int, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    call = [sys.executable, "-m", "mirror", "board", "--port", str(port), *arguments]
    process = subprocess.Popen(call, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    said: list[str] = []
    try:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if line.startswith("board: http://"):
                break
        else:
            pytest.fail("".join(said))
        host = line.split("//")[1].strip()
        yield process, host.rsplit(":", 1)[0], port
    finally:
        process.kill()
        process.wait()


def get(host: str, port: int, path: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
    line.request("GET", path)
    return line.getresponse()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_asked_to_although_a_tablet_listens(number):
    with running("--broker", NOBODY) as (process, host, port):
        stream = get(host, port, "/events")
        assert stream.getheader("content-type", "").startswith("text/event-stream")
        first = stream.readline()
        assert b'"connected": false' in first
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 0
        assert out == ""
        assert "Traceback" not in err


def test_a_broker_that_is_away_is_said_once_on_the_page_and_in_the_log(key_file, monkeypatch):
    monkeypatch.setenv("SQUAT_MIRROR_BOARD__KEY_FILE", str(key_file))
    with running("--broker", NOBODY) as (process, host, port):
        answer = get(host, port, f"/?key={KEY}")
        assert answer.status == 200
        assert "Squat Mirror" in answer.read().decode()
        assert get(host, port, "/").status == 401
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE_S)
    lost = [line for line in err.splitlines() if "broker" in line]
    assert len(lost) <= 1  # the other line may have been read while waiting for the address
    assert KEY not in err

"""While a network loads its runtime is not heard, and everybody else is: stderr belongs to all threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from patience import PATIENCE_S

from mirror.pose import runtime_noise
from mirror.pose.catalog import DEFAULT_MODEL, checked_file, find
from mirror.pose.interpreter import Network
from mirror.pose.runtime_noise import kept_off_stderr


def say(line: str) -> None:
    os.write(2, f"{line}\n".encode())


@pytest.mark.parametrize(
    "line",
    [
        "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.",
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
        "W0000 00:00:1700000000.123456   12345 inference_feedback_manager.cc:114] Feedback manager",
    ],
)
def test_a_runtime_that_talks_is_not_heard(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    with kept_off_stderr():
        say(line)
    assert capfd.readouterr().err == ""


def test_what_another_thread_says_meanwhile_is_not_lost(capfd: pytest.CaptureFixture[str]) -> None:
    with kept_off_stderr():
        say("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.")
        other = threading.Thread(target=say, args=("screen: a window, 450x800",))
        other.start()
        other.join()
        say("INFO: Initialized TensorFlow Lite runtime.")
    say("view: the person")
    assert capfd.readouterr().err == "screen: a window, 450x800\nview: the person\n"


def test_after_two_threads_at_once_stderr_is_there_again(capfd: pytest.CaptureFixture[str]) -> None:
    """The first is in the middle of it when the second comes, and ends before it."""
    inside, go_on, waits = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with kept_off_stderr():
            inside.set()
            assert go_on.wait(PATIENCE_S)

    def second() -> None:
        assert inside.wait(PATIENCE_S)
        waits.set()
        with kept_off_stderr():
            say("from the second")

    threads = [threading.Thread(target=one) for one in (first, second)]
    for one in threads:
        one.start()
    assert waits.wait(PATIENCE_S)
    assert runtime_noise._one_at_a_time.locked()
    go_on.set()
    for one in threads:
        one.join()
    say("afterwards")
    assert capfd.readouterr().err == "from the second\nafterwards\n"


def test_what_was_said_before_a_fault_is_told_too(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with kept_off_stderr():
            say("a line")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert capfd.readouterr().err == "a line\n"


def test_a_real_network_loads_in_silence_while_others_talk(capfd: pytest.CaptureFixture[str]) -> None:
    over = threading.Event()
    said = []

    def talk() -> None:
        while not over.is_set():
            said.append(f"line {len(said)}")
            say(said[-1])

    talking = threading.Thread(target=talk)
    talking.start()
    try:
        for _ in range(3):
            Network(checked_file(find(DEFAULT_MODEL)), threads=1)
    finally:
        over.set()
        talking.join()
    heard = capfd.readouterr().err.splitlines()
    assert sorted(heard) == sorted(said)  # those put aside may come after those said since


def test_without_a_stderr_nothing_is_in_the_way() -> None:
    program = (
        "import os\nfrom mirror.pose.runtime_noise import kept_off_stderr\nos.close(2)\n"
        "with kept_off_stderr():\n    print('went on')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "went on\n")

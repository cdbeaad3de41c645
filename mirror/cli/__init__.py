"""The command line: thin commands that read flags, call the house, and turn faults into one line.

A file per command or family; heavy imports happen inside the commands, so that --help and usage errors come
at once.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any

import typer

from mirror.cli.app import app, debug, debugging
from mirror.faults import PermanentFault, TemporaryFault
from mirror.files.plain import controls, in_a_line
from mirror.service.stopping import unwind_when_ended

# Each hangs its commands on the app; the order here is the order in --help.
# isort: off
from mirror.cli import live  # noqa: F401
from mirror.cli import analyze  # noqa: F401
from mirror.cli import record  # noqa: F401
from mirror.cli import calibrate  # noqa: F401
from mirror.cli import doctor  # noqa: F401
from mirror.cli import sets  # noqa: F401
from mirror.cli import board  # noqa: F401
from mirror.cli import bench  # noqa: F401
from mirror.cli import models  # noqa: F401
from mirror.cli import config  # noqa: F401
# isort: on


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code: 0 done, 2 bad input, usage or a part that is missing, 1 fault, 75
    hardware that stays away, each with one line on stderr."""
    command = typer.main.get_command(app)
    debug(False)
    for word in sys.argv[1:] if arguments is None else arguments:
        if controls(word):  # else every place that shows a name would have to think of it
            return _say(f"{word}: a name with control characters in it is not taken; rename it", 2)
    try:
        code = command.main(arguments, standalone_mode=False, prog_name="squat-mirror")
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        return _say("stopped", 130)
    except (PermanentFault, TemporaryFault) as fault:
        return _say(str(fault), fault.exit_code)
    except OSError as error:  # a full disk behind stdout, say; files we write are told where they are written
        return _say(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), 1)
    except Exception as error:
        asked = _asked(command, error, sys.argv[1:] if arguments is None else arguments)
        return _say_usage(error, asked) if hasattr(error, "format_message") else _say_ours(error)


def _asked(command: Any, error: Any, arguments: list[str]) -> str:
    """The command whose usage was wrong, as a person writes it: click does not always tell."""
    context = getattr(error, "ctx", None)
    if context is not None:
        return str(context.command_path)
    path = ["squat-mirror"]
    for word in (word for word in arguments if not word.startswith("-")):
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        path.append(word)
    return " ".join(path)


def _say_usage(error: Any, asked: str) -> int:
    """Typer's own errors, whatever click they are of. asked: the command whose help helps."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(f"{error.format_message()}\n")
        return 2
    sentence = " ".join(error.format_message().split())  # empty where the help was shown instead
    return _say(f"{sentence} (see {asked} --help)", 2) if sentence else 2


def _say_ours(error: Exception) -> int:
    """Nobody foresaw this one, or a library is missing that has to be there."""
    import traceback

    from mirror.service.containment import own_fault

    if isinstance(error, ImportError) and (error.name or "mirror").partition(".")[0] != "mirror":
        return _say(f"the library {error.name} cannot be loaded ({error}): install squat-mirror again", 2)
    if debugging():
        traceback.print_exception(error)
    more = "" if debugging() else " squat-mirror --debug COMMAND shows where."
    return _say(f"{own_fault(error)}{more}", 1)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"squat-mirror: {in_a_line(sentence)}\n")
    return code


def _with_streams() -> None:
    """Somebody may have closed stdout (`>&-`). Without one the next file that is opened would take its place
    and be written into by whatever a library prints."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115


def script() -> None:
    """The installed command."""
    _with_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without these letters still gets its table
        sys.stdout.reconfigure(errors="backslashreplace")
    unwind_when_ended()
    code = main()
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _say(f"stdout: {error.strerror}", 1)
        # what could not be written is lost; Python must not try, and complain, once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)

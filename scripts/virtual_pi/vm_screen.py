"""Inside the virtual Pi: draws the summary scene on KMS, saves what it drew, and waits to be photographed."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import pygame

from mirror.coach.feedback import Light, State, nothing
from mirror.coach.lines import Cue
from mirror.coach.words import words
from mirror.screen.stage import Stage
from mirror.screen.window import DisplayWindow

PATIENCE_S = 120.0


def main(exchange: Path) -> int:
    window = DisplayWindow(fullscreen=True)
    stage = Stage(window.canvas, words("en"))
    moment = replace(
        nothing(0.0, State.SQUATTING), cue=Cue.KNEES_OVER_TOES, light=Light.OFF_TRACK, reps_done=4
    )
    for _ in range(3):  # both buffers of the display, and one more
        stage.draw(moment, None)
        window.present()
    print(window.said)
    pygame.image.save(window.canvas, str(exchange / "drawn.png"))
    (exchange / "shoot").write_text("now", "ascii")
    until = time.monotonic() + PATIENCE_S
    while (exchange / "shoot").exists() and time.monotonic() < until:
        window.poll()
        time.sleep(0.2)
    window.close()
    return 0 if not (exchange / "shoot").exists() else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

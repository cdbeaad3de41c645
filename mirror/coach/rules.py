"""What a station decides about its coach: how often it speaks, how long things stay, a class or not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CoachRules:
    """mode: learn, standard, quiet or class. Seconds. stature_m: tells centimetres instead of degrees.

    gestures: whether arms are listened to. station: name shown in a class. work_s, rest_s: its intervals,
    None for a class without a clock. take_home: whether a set may be taken home as a code.
    tells_rest: whether rests are told between sets. depth_aim_deg: the thigh above parallel, where one aims.
    """

    mode: str = "standard"
    colour_hold_s: float = 0.6
    summary_after_s: float = 6.0
    summary_for_s: float = 16.0
    stature_m: float | None = None
    gestures: bool = True
    station: str = ""
    work_s: float | None = None
    rest_s: float | None = None
    take_home: bool = False
    tells_rest: bool = False
    depth_aim_deg: float | None = None

    @property
    def is_class(self) -> bool:
        """Colour only, a clock between squats, and no summary: the coach is in the room."""
        return self.mode == "class"

    @property
    def speaks(self) -> bool:
        """Whether there are words and sounds at all."""
        return self.mode not in ("quiet", "class")

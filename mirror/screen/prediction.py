"""Where the knees are by now: marks drawn late are moved on at the speed they had.

Constant velocity over the time that has passed since the frame they were measured in, at most MOST_S. Knows
Feedback's points, not pixels.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from mirror.coach.feedback import Feedback, KneeMark
from mirror.knees.reading import Ray

MOST_S = 0.12
"""Nothing is moved on for longer than this: a knee turns round at the bottom of a squat."""
OVER_S = 0.12
"""The speed is taken over this long: shorter is keypoint noise, longer lags behind the turn."""
GAP_S = 0.25
"""After a gap longer than this the speed is unknown."""

Point = tuple[float, ...]
POINTS = ("knee", "target")
RAYS = ("knee_ray", "target_ray")


class Prediction:
    """Remembers the newest places of the marks. Hand it every Feedback once, in order."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, dict[str, Point]]] = deque()

    def at(self, feedback: Feedback, t: float | None) -> Feedback:
        """This Feedback with its marks where they are at `t`, on the clock of its own t; None leaves it."""
        self._remember(feedback)
        if t is None:
            return feedback
        ahead = min(max(t - feedback.t, 0.0), MOST_S)
        first_t, first = self._seen[0]
        over = feedback.t - first_t
        if ahead == 0.0 or over <= 0.0:
            return feedback
        now = self._seen[-1][1]
        moved = {
            name: tuple(b + (b - a) * ahead / over for a, b in zip(first[name], point, strict=True))
            for name, point in now.items()
            if name in first
        }
        return _with_points(feedback, moved)

    def _remember(self, feedback: Feedback) -> None:
        if self._seen and feedback.t == self._seen[-1][0]:
            return
        if self._seen and not 0.0 < feedback.t - self._seen[-1][0] <= GAP_S:
            self._seen.clear()
        self._seen.append((feedback.t, _points(feedback)))
        while len(self._seen) > 2 and feedback.t - self._seen[1][0] >= OVER_S:
            self._seen.popleft()


def _points(feedback: Feedback) -> dict[str, Point]:
    """Every place there is, by its name."""
    found: dict[str, Point] = {}
    for side, mark in (("left", feedback.left), ("right", feedback.right)):
        for name in POINTS:
            if (at := getattr(mark, name)) is not None:
                found[f"{side}.{name}"] = at
        for name in RAYS:
            if (ray := getattr(mark, name)) is not None:
                found[f"{side}.{name}"] = (ray.x, ray.y, ray.depth_m)
    if feedback.eye is not None:
        found["eye"] = (feedback.eye.x, feedback.eye.y, feedback.eye.depth_m)
    return found


def _with_points(feedback: Feedback, moved: dict[str, Point]) -> Feedback:
    eye = Ray(*moved["eye"]) if "eye" in moved else feedback.eye
    return replace(
        feedback,
        left=_moved(feedback.left, "left", moved),
        right=_moved(feedback.right, "right", moved),
        eye=eye,
    )


def _moved(mark: KneeMark, side: str, moved: dict[str, Point]) -> KneeMark:
    places = {name: moved[f"{side}.{name}"] for name in POINTS if f"{side}.{name}" in moved}
    rays = {name: Ray(*moved[f"{side}.{name}"]) for name in RAYS if f"{side}.{name}" in moved}
    return replace(mark, **places, **rays)  # type: ignore[arg-type]

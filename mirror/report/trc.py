"""Marker trajectories as Sports2D, Pose2Sim and OpenSim read them: the text of TRC files.

Knows the format and the markers' names; where they are is the knees room's to say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mirror.files.plain import in_a_line
from mirror.knees import markers
from mirror.knees.analysis import Analysis
from mirror.knees.optics import F64

ALL = (
    "Nose", "LEye", "REye", "LEar", "REar", "LShoulder", "RShoulder", "LElbow", "RElbow", "LWrist", "RWrist",
    "LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle",
)  # fmt: skip
"""As Pose2Sim's COCO_17 has them, in the order of the keypoints."""
LEGS = ("LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle")
FIRST_FRAME = 1


def trc_2d(
    name: str,
    analysis: Analysis,
    keypoints: npt.NDArray[np.float32],
    size: tuple[int, int],
    stature_m: float | None,
) -> str:
    """All joints in the plane the person stands in: X image right, Y up, Z 0, metres.

    name: of the file, which the file repeats. keypoints, size: as of `markers.in_the_plane`.
    """
    flat = markers.in_the_plane(analysis, keypoints, size, stature_m)
    no_depth = np.where(np.isnan(flat[..., :1]), np.nan, 0.0)
    return trc(name, analysis.t, ALL, np.concatenate([flat, no_depth], axis=-1))


def trc_3d(name: str, analysis: Analysis, stature_m: float | None) -> str:
    """Both legs, lifted: X forward, Y up, Z to the person's right, metres. name: of the file."""
    legs = markers.legs(analysis, stature_m)
    return trc(name, analysis.t, LEGS, legs.reshape(len(legs), len(LEGS), 3))


def trc(name: str, t: F64, names: Sequence[str], places: F64) -> str:
    """The whole file. t: (T,) seconds. places: (T, len(names), 3) metres; NaN where unknown, and written so:
    of an empty last cell OpenSim loses the line."""
    rate = _number(1.0 / float(np.median(np.diff(t)))) if len(t) > 1 else "1"
    numbers = range(1, len(names) + 1)
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{in_a_line(name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{len(t)}\t{len(names)}\tm\t{rate}\t{FIRST_FRAME}\t{len(t)}",
        "Frame#\tTime\t" + "".join(f"{marker}\t\t\t" for marker in names),
        "\t\t" + "\t".join(f"X{n}\tY{n}\tZ{n}" for n in numbers),
    ]
    lines = [
        "\t".join([str(frame), f"{now:.5f}", *map(_cell, row.ravel())])
        for frame, (now, row) in enumerate(zip(t, places, strict=True), FIRST_FRAME)
    ]
    return "\n".join([*head, *lines]) + "\n"


def _cell(metres: float) -> str:
    return "NaN" if np.isnan(metres) else f"{round(metres, 5) + 0.0:.5f}"  # no -0.00000


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")

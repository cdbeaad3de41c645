"""The joints by number, and where they lie in a standing body: one table for the whole pose room.

The knees room has its own (`knees/constants.py`), since neither room knows the other; a test compares them.
"""

from __future__ import annotations

KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""COCO-17 order. Left and right are the person's own."""

NOSE, SHOULDERS, HIPS, KNEES, ANKLES = 0, [5, 6], [11, 12], [13, 14], [15, 16]
"""By number; pairs [left, right]."""

NOSE_TO_ANKLE = 0.88
"""Nose-to-ankle distance of a standing person in statures (nose 0.925 S, ankle 0.045 S)."""
SHOULDER_TO_HIP = 0.33
"""Shoulder-to-hip distance in statures, at the high end so that it rarely outdoes nose-to-ankle in somebody
standing: finds the size of somebody who squats or whose feet are not seen."""
SOLE_BELOW_ANKLE = 0.055
"""How far the sole, and the toes below it in the picture, lie under the ankle, in statures."""
SHANK = 0.246
"""Shank length in statures."""

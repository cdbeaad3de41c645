"""What belongs to the network whose keypoints are judged, and the joints by number.

Every pose network places hips, knees and ankles a little differently; these constants say how. They are
measured on rendered bodies and kept beside the model (models/models.toml).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from mirror.knees import body_proportions as body

NOSE = 0
EAR, SHOULDER, ELBOW, WRIST = [3, 4], [5, 6], [7, 8], [9, 10]
HIP, KNEE, ANKLE = [11, 12], [13, 14], [15, 16]
"""Joints by COCO-17 number, [left, right]: the order of every leg axis in this room. `pose/joints.py` has the
same for the pose room, which this one does not know."""
LEFT, RIGHT = 0, 1
SIDE = (1.0, -1.0)
"""+1 for the leg on the image right. Un-mirrored, that is the person's left."""


@dataclass(frozen=True, slots=True)
class KeypointConstants:
    """How a network's keypoints relate to anatomy.

    shank_blend: weight of the nose-to-ankle estimate in the shank length; 0 takes the seen shank as it is.
    shank_of_nose_to_ankle: shank length in nose-to-ankle distances.
    shank_scale: factor on the blended shank length.
    soft_knees: how readily a thigh that looks long makes the shank longer, whose knee is then forward; see
        `measure`. 0 never.
    toe_reach: ankle to tip of the 2nd toe, in shank lengths.
    depth_offset_deg: added to the thigh's elevation.
    keypoint_sd: one keypoint's noise within a repetition, in shank lengths.
    ankle_of_stature, nose_of_stature: height of ankles and nose over the floor, standing, in statures.
    nose_forward: the nose before the ankles, standing, in statures.
    """

    shank_blend: float = 0.0
    shank_of_nose_to_ankle: float = body.SHANK_OF_NOSE_TO_ANKLE
    shank_scale: float = 1.0
    soft_knees: float = 0.0
    toe_reach: float = body.TOE_REACH
    depth_offset_deg: float = 0.0
    keypoint_sd: float = 0.03
    ankle_of_stature: float = body.ANKLE_OF_STATURE
    nose_of_stature: float = body.NOSE_OF_STATURE
    nose_forward: float = body.NOSE_FORWARD


ANATOMICAL = KeypointConstants(soft_knees=body.SOFT_KNEES)
"""For keypoints that are the joints themselves (a simulation, a recording that names no model)."""


def constants_from(table: Mapping[str, float]) -> KeypointConstants:
    """Constants of one model from its table in models.toml; keys this room does not know are ignored."""
    known = {field.name for field in fields(KeypointConstants)}
    return KeypointConstants(**{key: value for key, value in table.items() if key in known})

"""Opens the networks that the settings ask for: the one for joints and the one for toe tips.

The one factory for everybody who looks at pictures; a live mirror's may change later
(`station/model_pace.py`). The pose room is imported when one is opened: recordings need no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirror.fitting.from_settings import engine
from mirror.pose.catalog import FOOT_MODEL, find
from mirror.settings import Settings

if TYPE_CHECKING:
    from mirror.pose.feet import FootNet
    from mirror.pose.pose_net import PoseNet


def pose_net(settings: Settings) -> PoseNet:
    """The network of the settings. Raises BadInput or PermanentFault where it cannot be used."""
    from mirror.pose.pose_net import PoseNet

    return PoseNet(find(settings.model.name), **engine(settings))


def foot_net(settings: Settings) -> FootNet:
    """The network for toe tips. Raises BadInput or PermanentFault where it cannot be used."""
    from mirror.pose.feet import FootNet

    return FootNet(find(FOOT_MODEL), **engine(settings))

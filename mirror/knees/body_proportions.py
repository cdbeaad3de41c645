"""How long a standing body's parts are, against each other: the toe's reach, the shank, the ankle's height.

Of the joints themselves. A network that places joints a little differently has numbers of its own in
models/models.toml, which `constants.py` puts in place of these.
"""

from __future__ import annotations

TOE_REACH = 0.467
"""Ankle to tip of the 2nd toe, horizontally, in shank lengths."""
THIGH = 1.0
"""Hip to knee, in shanks, standing straight; sd 0.05 to 0.1 of measured bodies."""
SOFT_KNEES = 0.4
"""Of how much longer a standing thigh looks than that (logarithms), what the shank looks short: people hardly
ever stand straight, and a knee that is forward is nearer to a camera at breast height, and lower, which takes
from the shank what it gives the thigh. Ten sets of five people: shanks 4.5 % short (sd 3.6) without this."""
MOST_SOFT = 0.12
"""Of the shank's length, at most."""
SHANK_OF_STATURE = 0.246
"""Knee to ankle, in statures."""
SHANK_OF_NOSE_TO_ANKLE = 0.269
"""Knee to ankle, in nose-to-ankle distances."""
NOSE_TO_ANKLE = 0.88
"""Nose-to-ankle distance of somebody who stands, in statures, where only a rough size is asked for."""
ANKLE_OF_STATURE = 0.045
"""The ankles' height over the floor, standing, in statures."""
NOSE_OF_STATURE = 0.92
"""The nose's height over the floor, standing, in statures."""
NOSE_FORWARD = 0.10
"""The nose before the ankles, standing, in statures."""

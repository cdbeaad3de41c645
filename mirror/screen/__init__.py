"""The screen: draws Feedback and the mirrored picture. Decides nothing."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting has no place in our output

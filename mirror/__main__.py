"""`python -m mirror` is `squat-mirror`."""

from mirror.cli import script

script()

"""Squat Mirror: watches people squat and says at once whether each knee tracks over its toes.

One way through the house, no way back: camera -> pose -> knees -> coach -> lights, screen, report.
Every room hands on one small frozen type: Frame, Pose, KneeReading and Rep, Feedback.
"""

__version__ = "0.2.0"
BUILT = "2026-11-28"
"""The day this version was made, in UTC: no clock that is right says less (service/wall_clock.py)."""

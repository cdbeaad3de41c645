"""Experiments on the pose model, each with its table in docs/models.md; none of them is needed to run a mirror."""

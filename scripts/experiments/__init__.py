"""Experiments on the pose model, each with its table in docs/models.md; no mirror needs them to run."""

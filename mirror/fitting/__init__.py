"""Settings, model list and recordings, turned into the knees room's own types."""

"""How long each step takes: the wiring of `bench`, and drawing timed."""

"""How long a test waits for what must come: far longer than it ever takes, so that slow is never broken."""

PATIENCE_S = 300
"""Only ever waited out when something is broken. What usually comes in a second may take ten beside other
tests and a busy neighbour on every core.
"""

"""The coach: decides when to say what. Knows the knees' types, not pixels, pins or windows."""

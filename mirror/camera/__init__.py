"""The camera room: what yields frames. It knows nothing of people, knees or screens."""

"""How the camera hangs: its tilt and roll, from people who stand before it."""

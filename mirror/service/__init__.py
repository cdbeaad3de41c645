"""What keeps the mirror running: health checks now; watchdog and store as they come."""

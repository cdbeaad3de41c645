"""The wiring of a live mirror: camera, eyes, coach, lamp and screen; nothing else knows everybody."""

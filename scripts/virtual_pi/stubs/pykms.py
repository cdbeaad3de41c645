"""Test rig only: Picamera2 imports pykms for a preview on the bare screen, which nobody here opens."""


class _AnyFormat:
    def __getattr__(self, name: str) -> str:
        return name


PixelFormat = _AnyFormat()

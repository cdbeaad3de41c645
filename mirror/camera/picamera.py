"""The Raspberry Pi's own camera, through Picamera2 and libcamera.

Asks for pictures a pose model can use (the whole width of the sensor, short exposure, a fixed rate) and
takes what libcamera gives; turns a silent stall into a fault. Knows nothing of what is done with frames.
"""

from __future__ import annotations

import functools
import importlib.metadata
import inspect
import logging
import math
import os
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from typing import Any, Literal

from mirror.camera.buffers import Buffers, seal
from mirror.camera.frame import U8, Frame, Source
from mirror.camera.streams import (
    STALL_S,
    Stream,
    monotonic_s,
    pick_sensor_mode,
    pick_stream,
    unpad,
)
from mirror.camera.system_packages import INSTALL, UPGRADE, advice
from mirror.camera.view import Crop, Sensor, cut_to, ribbon_view
from mirror.faults import BadInput, PartMissing, TemporaryFault

log = logging.getLogger(__name__)

START_S = 5.0
"""For the first picture: a sensor's start-up frames, which libcamera keeps to itself, come before it."""

BUFFER_COUNT = 4
"""Pictures libcamera may work on: two in flight, one held while it is copied, one to spare."""

OLDEST_PICAMERA2 = "0.3.20"
"""The first that can be asked to give up waiting for a picture (`cancel_all_and_flush`); `wait` takes a
timeout since 0.3.17."""

FOCUS_DIOPTRES = 0.4
"""Cameras with a lens motor: fixed at 2.5 m, where people squat. Autofocus hunts when somebody moves."""


class PiCamera(Source):
    """A camera on the Pi's ribbon as a Source; live, `t` is when the sensor began to expose the picture.

    size: (width, height) to ask for; both even. What the camera gives is in `size` of its frames.
    fps: to ask for.
    camera_num: which one, as `rpicam-hello --list-cameras` counts.
    exposure_ms: fixed exposure time, the gain adapts; None: libcamera's "short" programme.

    The main stream is asked for as BGR and handed on in the layout libcamera settled on. With lores_size
    (YUV on a Pi 4, which can nothing else there) a second, smaller stream comes with it; it is handed on
    instead when it is BGR and the main one is not.

    lens_mm: focal length of a lens somebody screwed on (High Quality and Global Shutter Camera).
    hfov_deg: for known sensors and lenses, for the part of the sensor that is really read, or None;
    hfov_how: how it is known.

    Opening takes about a second and waits for the first picture, so a camera that cannot work shows here:
    PicameraUnusable where Picamera2 cannot be, BadInput where there is no such camera, TemporaryFault when it
    is busy or silent.
    `frames()` raises TemporaryFault when no picture comes for STALL_S.
    """

    def __init__(
        self,
        size: tuple[int, int],
        fps: float,
        *,
        camera_num: int = 0,
        exposure_ms: float | None = None,
        lens_mm: float | None = None,
        lores_size: tuple[int, int] | None = None,
    ) -> None:
        self._closing = threading.Event()
        self._busy = threading.Lock()  # held while a picture is waited for and copied, and by close()
        self._closed = False
        self._index = 0
        self._last_t = -math.inf
        self._camera, model = _open_camera(camera_num)
        try:
            mode = _sensor_mode(self._camera, fps)
            self.stream = _configure(self._camera, size, fps, mode, exposure_ms, lores_size)
            self._buffers = Buffers(self.stream.shape)
            self._camera.start()
            self.name = f"Picamera2 {model}, {self.stream.width}x{self.stream.height} at {fps:g}/s"
            crop = self._first_crop() or _crop_of(mode, (self.stream.width, self.stream.height))
            self.hfov_deg, self.hfov_how = ribbon_view(_sensor(self._camera, model), crop, lens_mm)
        except RuntimeError as error:
            self.close()
            raise TemporaryFault(
                f"The Pi's camera {model} did not start: {error}.", key="not_started", camera=model
            ) from error
        except BaseException:
            self.close()
            raise

    def frames(self) -> Iterator[Frame]:
        """Frames as they come, each at most once, until `close()`."""
        while (taken := self._take(STALL_S)) is not None:
            pixels, metadata = taken
            size = (self.stream.height, self.stream.width)
            yield Frame(pixels, self._time_of(metadata), self._index, self.stream.layout, size)
            self._index += 1

    def close(self) -> None:
        """Give the camera back; from any thread, at any time, also twice.

        Whoever waits for a picture in `frames()` is woken first; a picture being copied is waited for.
        """
        self._closing.set()
        self._camera.cancel_all_and_flush()
        with self._busy:
            if self._closed:
                return
            self._closed = True
            try:
                # Not stop() before it: that queues behind a picture that may never come. close() ends
                # Picamera2's event loop first and then stops directly.
                self._camera.close()
            except RuntimeError as error:
                log.warning("%s did not close cleanly: %s", getattr(self, "name", "Picamera2"), error)

    def _take(self, patience_s: float) -> tuple[U8, Mapping[str, Any]] | None:
        """The next picture and what the sensor says about it; None once closed."""
        with self._busy:
            if self._closing.is_set():
                return None
            job = self._camera.capture_request(wait=False)
            try:
                request = self._camera.wait(job, timeout=patience_s)
            except CancelledError:
                return None
            except TimeoutError:
                if self._closing.is_set():
                    return None
                raise TemporaryFault(
                    f"{self.name}: no picture for {patience_s:g} s.", key="silent_ribbon"
                ) from None
            try:
                return self._copy(request), request.get_metadata()
            finally:
                # At once: libcamera has only BUFFER_COUNT of them to fill.
                request.release()

    def _copy(self, request: Any) -> U8:
        """The only copy: out of the camera's memory into ours, padding left behind."""
        from picamera2 import MappedArray

        pixels = self._buffers.lend()
        # Unshaped, because which formats Picamera2 shapes, and how, changed between its versions.
        with MappedArray(request, self.stream.name, reshape=False, write=False) as mapped:
            unpad(mapped.array, self.stream, pixels)
        return seal(pixels)

    def _time_of(self, metadata: Mapping[str, Any]) -> float:
        t = monotonic_s(
            metadata.get("SensorTimestamp"),
            time.clock_gettime_ns(time.CLOCK_BOOTTIME),
            time.monotonic_ns(),
        )
        self._last_t = max(t, self._last_t + 1e-6)
        return self._last_t

    def _first_crop(self) -> Crop | None:
        """Wait for one picture and ask it what part of the sensor it shows."""
        taken = self._take(START_S)
        return taken[1].get("ScalerCrop") if taken else None


def cameras() -> list[str]:
    """Model names of the cameras on ribbons; empty where there is none or Picamera2 is not installed.

    libcamera lists webcams too, and Picamera2 puts them last; those are the business of `video.Webcam`.
    Raises PicameraUnusable where Picamera2 is installed and cannot be used.
    """
    try:
        picamera2 = picamera2_class()
    except PicameraUnusable as lacking:
        if lacking.why == "missing":
            return []
        raise
    return [str(camera["Model"]) for camera in picamera2.global_camera_info() if "/usb" not in camera["Id"]]


class PicameraUnusable(PartMissing):
    """Picamera2 cannot be used.

    why: it is missing (in this environment), broken (there, but its import fails) or old.
    says, do: what is wrong and what to do, the two halves of the sentence.
    """

    def __init__(self, why: Literal["missing", "broken", "old"], says: str, do: str) -> None:
        super().__init__(f"{says}: {do}", key="part_missing")
        self.why = why
        self.says = says
        self.do = do


def picamera2_class() -> Any:
    """The class Picamera2, of a version that can do what is asked of it here.

    Raises PicameraUnusable.
    """
    os.environ.setdefault("LIBCAMERA_LOG_LEVELS", "*:WARN")  # it is chatty, and we say what was picked
    try:
        from picamera2 import Picamera2
    except Exception as error:  # whatever its own parts raise: ImportError, ValueError for another numpy, ...
        raise _cannot_be_imported(error) from error
    lacks = _lacks(Picamera2)
    if lacks:
        says = f"Picamera2{_version()} is too old, it has no {lacks}; {OLDEST_PICAMERA2} or newer is needed"
        raise PicameraUnusable("old", says, UPGRADE)
    return Picamera2


def _cannot_be_imported(error: Exception) -> PicameraUnusable:
    if isinstance(error, ModuleNotFoundError) and error.name == "picamera2":
        return PicameraUnusable("missing", "Picamera2 is not there", INSTALL)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return PicameraUnusable("broken", f"Picamera2 cannot be imported ({what})", advice())


@functools.cache
def _lacks(picamera2: Any) -> str:
    """What we call and this version has not, in words; "" when it has all.

    The calls are asked for and not the version: they are what counts, and nothing need tell a version.
    """
    if "timeout" not in inspect.signature(picamera2.wait).parameters:
        return "timeout in wait()"
    return "" if hasattr(picamera2, "cancel_all_and_flush") else "cancel_all_and_flush()"


def _version() -> str:
    """ " 0.3.12", or "" where nobody tells."""
    try:
        return f" {importlib.metadata.version('picamera2')}"
    except importlib.metadata.PackageNotFoundError:
        return ""


def _open_camera(camera_num: int) -> tuple[Any, str]:
    """The opened camera and its model name."""
    picamera2 = picamera2_class()
    models = cameras()
    if camera_num >= len(models):
        seen = ", ".join(models) or "none"
        raise BadInput(
            f"There is no Pi camera number {camera_num} (seen: {seen}); check the ribbon, then restart.",
            key="no_ribbon",
        )
    try:
        return picamera2(camera_num), models[camera_num]
    except RuntimeError as error:
        reason = error.__cause__ or error
        raise TemporaryFault(
            f"The Pi's camera {models[camera_num]} cannot be opened, another program may use it ({reason}).",
            key="busy",
            camera=models[camera_num],
        ) from error


def _configure(
    camera: Any,
    size: tuple[int, int],
    fps: float,
    mode: Mapping[str, Any] | None,
    exposure_ms: float | None,
    lores_size: tuple[int, int] | None,
) -> Stream:
    """Configure the streams; returns the one to hand on, as libcamera really set it up."""
    request: dict[str, Any] = {}
    if mode is not None:
        request["sensor"] = {"output_size": mode["size"], "bit_depth": mode["bit_depth"]}
    if lores_size is not None:
        request["lores"] = {"size": lores_size, "format": _lores_format()}
    configuration = camera.create_video_configuration(
        main={"size": size, "format": "RGB888"},
        raw=None,
        controls=_controls(camera.camera_controls, fps, exposure_ms),
        buffer_count=BUFFER_COUNT,
        queue=False,  # never hand on a picture that has been lying there
        display=None,
        encode=None,
        **request,
    )
    camera.configure(configuration)
    return pick_stream(camera.camera_configuration())


def _lores_format() -> str:
    """The Pi 4's scaler has one RGB output, and the main stream takes it."""
    from picamera2 import Picamera2
    from picamera2.platform import Platform

    return "RGB888" if Picamera2.platform == Platform.PISP else "YUV420"


def _sensor_mode(camera: Any, fps: float) -> Mapping[str, Any] | None:
    """The sensor mode to read, or None for a camera that has none to choose from (no Bayer sensor)."""
    if "ColorFilterArrangement" not in camera.camera_properties:
        return None
    return pick_sensor_mode(camera.sensor_modes, fps)


def _sensor(camera: Any, model: str) -> Sensor:
    """What the camera's properties say about its sensor."""
    known = camera.camera_properties
    cell = known.get("UnitCellSize")
    return Sensor(model, known.get("PixelArraySize"), cell[0] if cell else None)


def _crop_of(mode: Mapping[str, Any] | None, size: tuple[int, int]) -> Crop | None:
    """What a picture of `size` (width, height) shows of the sensor, where no picture says it itself."""
    return None if mode is None else cut_to(mode["crop_limits"], size)


def _controls(available: Mapping[str, Any], fps: float, exposure_ms: float | None) -> dict[str, Any]:
    """A fixed rate, short exposure, fixed focus; whatever of it this camera has."""
    from libcamera import controls

    period_us = round(1e6 / fps)
    wanted: dict[str, Any] = {}
    if "FrameDurationLimits" in available:
        wanted["FrameDurationLimits"] = (period_us, period_us)
    if exposure_ms is not None and "ExposureTime" in available:
        wanted["ExposureTime"] = min(round(1000.0 * exposure_ms), period_us)
    elif "AeExposureMode" in available:
        # A knee in a fast ascent moves 1.5 m/s: at 1/30 s that is 5 cm of blur. Noise harms less.
        wanted["AeExposureMode"] = controls.AeExposureModeEnum.Short
    if "LensPosition" in available and "AfMode" in available:
        wanted["AfMode"] = controls.AfModeEnum.Manual
        wanted["LensPosition"] = FOCUS_DIOPTRES
    return wanted

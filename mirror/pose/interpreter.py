"""One seam for the TFLite runtimes: LiteRT (ai-edge-litert) or the older tflite-runtime.

Loads a flatbuffer, runs it, and says in words which runtime does so. Knows nothing of what the network
computes. LiteRT is preferred: its XNNPACK takes the int8 layers, tflite-runtime's does not.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.faults import PartMissing, PermanentFault
from mirror.pose.runtime_noise import kept_off_stderr

RUNTIMES = {"litert": "ai_edge_litert.interpreter", "tflite-runtime": "tflite_runtime.interpreter"}
"""Runtime names a person may choose, in order of preference, and the module each lives in."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """What one input or output of a network must look like. shape without the leading batch of one."""

    shape: tuple[int, ...]
    dtype: str


def _runtime(name: str) -> tuple[Any, str]:
    """The runtime's interpreter module and a name for it with its version. Raises PartMissing without one."""
    wanted = list(RUNTIMES) if name == "auto" else [name]
    for candidate in wanted:
        try:
            module = importlib.import_module(RUNTIMES[candidate])
        except ImportError:
            continue
        package = importlib.import_module(RUNTIMES[candidate].partition(".")[0])
        version = getattr(package, "__version__", "") or _installed_version(candidate)
        return module, f"{candidate} {version}".strip()
    package_name = {"litert": "ai-edge-litert", "tflite-runtime": "tflite-runtime"}[wanted[0]]
    raise PartMissing(f"no TFLite runtime found: install it with 'pip install {package_name}'")


def _installed_version(runtime: str) -> str:
    from importlib import metadata  # only needed when the package hides its version

    try:
        return metadata.version({"litert": "ai-edge-litert"}.get(runtime, runtime))
    except metadata.PackageNotFoundError:
        return ""


def _kernels(module: Any, xnnpack: bool) -> dict[str, Any]:
    """What the interpreter is asked for; a runtime too old to be asked uses XNNPACK, if it has it."""
    resolvers = getattr(module, "OpResolverType", None)
    if xnnpack or resolvers is None:
        return {}
    return {"experimental_op_resolver_type": resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES}


def _has_xnnpack(interpreter: Any, *, wanted: bool) -> bool:
    """Whether XNNPACK took a part of the network; what was wanted where the runtime does not tell.

    Asked, because a runtime also leaves it out by itself, on a processor it does not know. No other delegate
    is ever asked for.
    """
    listed = getattr(interpreter, "_get_ops_details", None)  # there is no public way to ask
    return wanted if listed is None else any(one["op_name"] == "DELEGATE" for one in listed())


def threads_said(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


class Network:
    """A loaded network. Not for use from several threads at once; releases the GIL while it runs.

    runtime: which library runs it, and whether XNNPACK computes a part of it (`xnnpack`).
    """

    def __init__(self, path: Path, *, threads: int = 2, runtime: str = "auto", xnnpack: bool = True) -> None:
        """Load `path`. Raises PermanentFault when no runtime is installed or the file is no network.

        xnnpack: let XNNPACK compute what it can; off, the runtime's own kernels compute all of it, which
        is slower and differs in the last digits. `runtime` says what came of it.
        """
        module, name = _runtime(runtime)
        self.threads = max(1, threads)
        try:
            with kept_off_stderr():
                self._interpreter = module.Interpreter(
                    str(path), num_threads=self.threads, **_kernels(module, xnnpack)
                )
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError, OSError) as error:
            raise PermanentFault(
                f"{path.name} is not a network {name} can run: {_first_line(error)}"
            ) from error
        self.xnnpack = _has_xnnpack(self._interpreter, wanted=xnnpack)
        self.runtime = f"{name} {'with' if self.xnnpack else 'without'} XNNPACK"
        if self.xnnpack and not xnnpack:
            self.runtime += ", which it cannot leave out"
        self._inputs = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        self._lent = [self._interpreter.tensor(detail["index"]) for detail in self._outputs]
        self._taken = self.inputs[0]
        self.name = path.name

    @property
    def said(self) -> str:
        """On what it runs: the runtime, and with how many threads."""
        return f"{self.runtime}, {threads_said(self.threads)}"

    @property
    def inputs(self) -> list[Tensor]:
        return [_tensor(detail) for detail in self._inputs]

    @property
    def outputs(self) -> list[Tensor]:
        return [_tensor(detail) for detail in self._outputs]

    def expect(self, inputs: list[Tensor], outputs: list[Tensor]) -> None:
        """Raise PermanentFault unless the network's tensors are just these."""
        for what, wanted, found in (("input", inputs, self.inputs), ("output", outputs, self.outputs)):
            if wanted != found:
                raise PermanentFault(
                    f"{self.name} is the wrong network: "
                    f"its {what}s are {_listed(found)}, not {_listed(wanted)}"
                )

    def run(self, picture: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        """Run once on the one input (without batch axis); the outputs without their batch axis.

        As `lend`, but each output is a copy that stays valid.
        """
        return [output.copy() for output in self.lend(picture)]

    def lend(self, picture: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        """Run once, and lend the outputs (without batch axis): let them go before the next run.

        The input is copied once into the runtime's tensor, the outputs are its own memory; it refuses to run
        while anybody holds them. Raises PermanentFault when the picture's shape or type is not the input's.
        """
        if picture.shape != self._taken.shape or picture.dtype != self._taken.dtype:
            given = Tensor(picture.shape, picture.dtype.name)
            raise PermanentFault(f"{self.name} takes {_listed([self._taken])}, not {_listed([given])}")
        self._interpreter.set_tensor(self._inputs[0]["index"], picture[None])
        self._interpreter.invoke()
        return [output()[0] for output in self._lent]


def _tensor(detail: dict[str, Any]) -> Tensor:
    return Tensor(tuple(int(n) for n in detail["shape"][1:]), np.dtype(detail["dtype"]).name)


def _listed(tensors: list[Tensor]) -> str:
    return ", ".join(f"{tensor.dtype} {'x'.join(map(str, tensor.shape))}" for tensor in tensors)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""A network that reads pictures in OpenVINO, from a file as ``lineart export`` writes it. Needs no torch.

Its arithmetic may be bfloat16, where the processor is fast at that: the file is the same, and the ink is off
by some thousandths where it is off most. Whether a processor is right in it is tried once, on the network
itself, and remembered (:mod:`lineart.arithmetic.remembered`); one that is not reads in float32.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import numpy as np

from lineart.arithmetic.processor import bfloat16_forbidden, features, isa_limit, processor_name
from lineart.arithmetic.remembered import known, remember
from lineart.catalogue.onnx_file import (
    GIVEN,
    INK,
    MEANS,
    PICTURE,
    check_interface,
    check_there,
    default_threads,
    tile_in,
    unreadable,
)
from lineart.errors import InputError
from lineart.inference.backend import Core, Means, Planes, mean_over
from lineart.inference.openvino_quiet import openvino, opset13
from lineart.pictures.images import Picture

HINTS = {"float32": "f32", "bfloat16": "bf16"}
OFF = 0.02  # of ink, in the mean over noise; bfloat16, where it is right, is off by some 0.0005
SIZES = "100"  # programs kept of layers for sizes of pictures; without a limit each new size takes 15 MB
SIDE = 96  # pixels a side of that noise


def fast_bfloat16() -> bool:
    """Whether OpenVINO has arithmetic in bfloat16 on this processor, and it is not forbidden."""
    capable = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return capable and not bfloat16_forbidden()


class OpenVinoBackend:
    """A :class:`lineart.inference.backend.Backend` of an ONNX file. Several threads may share one.

    Args:
        path: of the file.
        precision: ``float32``; ``bfloat16``; or ``auto``, which is float32 where there is no bfloat16. Where
            that is wrong, what is asked for is read in float32, too, as torch does with its layers.
        threads: that one picture is read with; see :func:`default_threads` if not given.

    Raises:
        InputError: if there is no such file, it is none that ``lineart export`` wrote, or bfloat16 is asked
            for where there is none.
    """

    whole = False  # networks that must see a picture in one piece are not exported

    def __init__(self, path: Path, precision: str = "auto", threads: int | None = None):
        self._core, self._threads = openvino.Core(), threads or default_threads()
        self._ink, self._means, self.metadata = opened(self._core, path)
        self._compiled: dict[str, openvino.CompiledModel] = {}
        self._lock, self._here = threading.Lock(), threading.local()
        fast = precision != "float32" and fast_bfloat16()
        if precision == "bfloat16" and not fast:
            raise InputError(
                f"OpenVINO has no bfloat16 here ({isa_limit() or processor_name()}); take the precision "
                "float32, or auto, which takes bfloat16 where there is such."
            )
        self.precision = "bfloat16" if fast and not self._wrong(path) else "float32"

    @property
    def tile(self) -> int:
        """See :class:`Backend`; the file says it, if it is another than usual."""
        return tile_in(self.metadata)

    def means(self, planes: Planes, core: Core) -> Means | None:
        """See :class:`Backend`."""
        if self._means is None:
            return None
        return mean_over(self._run(MEANS, {PICTURE: planes}), core)

    def ink(self, planes: Planes, means: Means | None = None) -> Picture:
        """See :class:`Backend`."""
        if means is not None:
            self._drop(MEANS)  # a gigabyte, and needed no more before the next large picture
        given = {PICTURE: planes}
        if self._means is not None:
            features = self._ink.input(GIVEN).get_shape()
            given[GIVEN] = np.full(tuple(features), np.nan, np.float32) if means is None else means
        return self._run(INK, given)[0, 0]

    def _run(self, output: str, given: dict[str, Planes]) -> Picture:
        """One call; each thread has a request of its own, whose answer is copied out of it."""
        requests = self._here.__dict__
        if output not in requests:
            requests[output] = self._model(output).create_infer_request()
        answer = requests[output].infer(given)
        return np.array(next(iter(answer.values())), np.float32)

    def _model(self, output: str) -> openvino.CompiledModel:
        with self._lock:
            if output not in self._compiled:
                self._compiled[output] = self._compile(output, self.precision)
            return self._compiled[output]

    def _drop(self, output: str) -> None:
        with self._lock:
            self._compiled.pop(output, None)
        self._here.__dict__.pop(output, None)

    def _compile(self, output: str, precision: str) -> openvino.CompiledModel:
        model = self._ink if output == INK else self._means
        return self._core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": HINTS[precision],
                "INFERENCE_NUM_THREADS": self._threads,
                "PERFORMANCE_HINT": "LATENCY",
                "CPU_RUNTIME_CACHE_CAPACITY": SIZES,
            },
        )

    def _wrong(self, path: Path) -> str:
        """What is wrong with this network in bfloat16 on this machine, or nothing."""
        version = f"OpenVINO {openvino.__version__}"
        machine = ", ".join(filter(None, (processor_name(), features(), version, isa_limit())))
        name = f"network {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
        found = known(machine, "bfloat16")
        if name not in found:
            found = {name: self._try()}
            remember(machine, "bfloat16", found)
        return found[name]

    def _try(self) -> str:
        """Read noise in both precisions; what cannot be built, or dies of an exception, is wrong."""
        noise = np.random.default_rng(0).random((1, 3, SIDE, SIDE), np.float32)
        read = []
        for self.precision in ("bfloat16", "float32"):
            try:
                read.append(self.ink(noise))
            except RuntimeError as error:
                return f"it cannot be read ({' '.join(str(error).split())[:150]})"
            self._compiled.clear()
            self._here = threading.local()
        off = float(np.abs(read[0] - read[1]).mean())
        return "" if off <= OFF else f"its ink is off by {off:.2g} in the mean"


def opened(
    core: openvino.Core, path: Path
) -> tuple[openvino.Model, openvino.Model | None, dict[str, str]]:
    """A file as two networks, to ink and to the means of blocks (None for one without), and what it says.

    OpenVINO takes an input with a value of its own, as ``given`` is, for a constant; it becomes an input.

    Raises:
        InputError: if there is no such file, or it is none that ``lineart export`` wrote.
    """
    check_there(path)
    try:
        model = core.read_model(path)
    except RuntimeError as error:
        raise unreadable(path, " ".join(str(error).split())) from error
    parameters = model.get_parameters()
    inputs = {each.get_friendly_name(): len(each.get_partial_shape()) for each in parameters}
    outputs = {name: output for output in model.outputs for name in output.get_names()}
    check_interface(path, inputs, list(outputs))
    about = dict(model.get_rt_info().items()).get("framework", {})
    metadata = {key: str(value.value) for key, value in about.items()}
    if MEANS not in outputs:
        return model, None, metadata
    means = openvino.Model([outputs[MEANS].get_node()], parameters, MEANS)
    constant = next(node for node in model.get_ops() if node.get_friendly_name() == GIVEN)
    given = opset13.parameter(list(constant.get_output_shape(0)), np.float32, name=GIVEN)
    given.output(0).get_tensor().set_names({GIVEN})
    for use in constant.output(0).get_target_inputs():
        use.replace_source_output(given.output(0))
    ink = openvino.Model([outputs[INK].get_node()], [*parameters, given], INK)
    return ink, means, metadata

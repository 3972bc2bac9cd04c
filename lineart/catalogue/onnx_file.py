"""An ONNX file as ``lineart export`` writes it: what goes in and out, and what it says of itself.

The file's interface, all of float32:

    picture    (1, 3, H, W)    in [0, 1], any size
    given      (1, K)          the whole picture's means, if this is a tile of it; may be left out
    ink        (1, 1, H, W)    in [0, 1]
    means      (1, K, h, w)    of each 32 x 32 block of the picture, the last ones continued

``given`` and ``means`` are there for networks that average over the whole picture, such as CLEAR-Net.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import onnxruntime

from lineart.cores import usable_cores
from lineart.errors import InputError, unknown_name
from lineart.pictures.decoding import shown

PICTURE, GIVEN, INK, MEANS = "picture", "given", "ink", "means"
PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
TILE = 832  # pixels a side, of a file that says nothing of it; ``LineModel.tile`` is the same
MOST_THREADS = 1024  # more are a slip, and libraries die of it
ERRORS = 3  # the least that ONNX Runtime logs; it warns of what is meant so


def default_threads() -> int:
    """As many as this process has cores, or as ``OMP_NUM_THREADS`` says, which torch heeds, too."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and 0 < int(asked) <= MOST_THREADS:
        return int(asked)
    return usable_cores()


def read_metadata(path: Path) -> dict[str, str]:
    """What an ONNX file says of its model, ``{}`` for one that says nothing.

    Raises:
        InputError: if there is no such file, or it is none that ``lineart export`` wrote.
    """
    return metadata_in(open_session(path, "cpu", threads=1))


def metadata_in(session: onnxruntime.InferenceSession) -> dict[str, str]:
    """The same of a file that is open; see :func:`lineart.export.command.metadata_of`."""
    return dict(session.get_modelmeta().custom_metadata_map)


def tile_in(metadata: Mapping[str, str]) -> int:
    """Side in pixels of the parts that a larger picture is to be read in, by what a file says."""
    said = metadata.get("tile", "")
    return int(said) if said.isdecimal() else TILE


def open_session(path: Path, device: str, threads: int) -> onnxruntime.InferenceSession:
    """Open a file for reading pictures.

    Args:
        path: of the file.
        device: ``cpu``, or ``cuda`` where ONNX Runtime was built for it.
        threads: that one picture is read with.

    Raises:
        InputError: if there is no such file, it is none that ``lineart export`` wrote, or there is no such
            device.
    """
    kind = device.partition(":")[0]
    if kind not in PROVIDERS:
        raise unknown_name("device of ONNX Runtime", kind, PROVIDERS)
    if PROVIDERS[kind] not in onnxruntime.get_available_providers():
        raise InputError(
            f"This ONNX Runtime cannot use {device}; leave the device out, or install onnxruntime-gpu."
        )
    check_there(path)
    number = device.partition(":")[2]
    provider = (PROVIDERS[kind], {"device_id": number} if number else {})
    onnxruntime.set_default_logger_severity(ERRORS)
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = ERRORS
    options.intra_op_num_threads = threads
    # Laid out after a first run, memory would be taken a second time beside that run's. The arena stays as
    # it is: it holds at most a sixth more than its largest picture took, for any number of sizes; to give
    # memory back after each picture, or take it without one, costs a seventh or two thirds of the time.
    options.enable_mem_pattern = False
    try:
        session = onnxruntime.InferenceSession(path, options, providers=[provider])
    except Exception as error:  # its exceptions have no common base but this
        raise unreadable(path, str(error).partition("\n")[0]) from error
    inputs = {entry.name: len(entry.shape) for entry in session.get_inputs()}
    check_interface(path, inputs, [entry.name for entry in session.get_outputs()])
    return session


def check_there(path: Path) -> None:
    """Refuse a file that is not there.

    Raises:
        InputError: saying so.
    """
    if not path.is_file():
        raise InputError(f"There is no file {shown(path)}; check the path, or run lineart export.")


def unreadable(path: Path, reason: str) -> InputError:
    """What is said of a file that a library does not take for a network, with its reason."""
    return InputError(f"{shown(path)} cannot be read as a network ({shown(reason, 150)}).")


def check_interface(path: Path, inputs: Mapping[str, int], outputs: Sequence[str]) -> None:
    """Refuse a network that is none of ours.

    Args:
        path: of its file.
        inputs: what has to be given, and how many dimensions each has.
        outputs: what comes out.

    Raises:
        InputError: saying what it asks for and gives.
    """
    if dict(inputs) != {PICTURE: 4} or INK not in outputs:
        raise InputError(
            f"{shown(path)} is not of our making: it asks for {', '.join(inputs)} and gives "
            f"{', '.join(outputs)}; wanted is a file that lineart export wrote."
        )

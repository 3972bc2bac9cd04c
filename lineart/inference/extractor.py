"""``Extractor``: any picture in, its line art out.

>>> from lineart import Extractor
>>> extract = Extractor("difference_of_gaussians")
>>> ink = extract(np.zeros((20, 30, 3), np.uint8))  # or a path, a list, a folder
>>> ink.shape, ink.dtype, float(ink.max())
((20, 30), dtype('float32'), 0.0)
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

from lineart.catalogue.cards import ModelCard
from lineart.catalogue.store import DEFAULT, find_model
from lineart.errors import InputError
from lineart.inference.backend import Backend, Progress
from lineart.inference.choose import open_network
from lineart.inference.tiles import as_dtype, check_tile, read_in_tiles
from lineart.models.registry import CLASSICAL
from lineart.pictures.colours import colour_of
from lineart.pictures.decoding import shown
from lineart.pictures.images import Bytes, Picture
from lineart.pictures.inputs import PICTURES, SUCH, hidden_said, read_sheet
from lineart.pictures.manner import AUTO, OWN_SIZE, Manner
from lineart.runs import read_json
from lineart.search import find
from lineart.settings import require

Array: TypeAlias = Bytes | Picture
Source: TypeAlias = str | Path | Array

DTYPES = (np.float32, np.float16, np.uint8)
BEYOND = 1e-3  # how far a float may lie outside of [0, 1], where resampling leaves it


class Extractor:
    """Reads pictures with one model. Several threads may share one.

    Args:
        model: a name or a path, see :func:`lineart.catalogue.store.find_model`.
        backend: ``torch``, ``onnx``, ``openvino``, or ``auto``: torch where there is an accelerator or the
            model was not exported; OpenVINO where it is installed and the processor is fast at bfloat16; else
            ONNX Runtime.
        device: ``cpu``, ``cuda`` or ``mps``; the accelerator where there is one if not given.
        precision: ``float32``, which answers the same everywhere; ``bfloat16``, which is faster where the
            processor has it and off by some thousandths, in torch and OpenVINO; or ``auto``: bfloat16 in
            OpenVINO where that is fast and right, else float32.
        tile: side in pixels of the parts a larger picture is read in, a multiple of 32; memory grows with its
            square, time falls. Not given, the network's own, for which a gigabyte is enough.
        progress: called with (done, all) after each tile of a picture.
        background: what is laid under the transparency of files, a colour as people write it. Where it is as
            light as what is painted, a warning says that lines vanish.
        input: ``dark-on-light``, ``light-on-dark``, which is read inverted, or ``auto``: inverted what is
            surely a line drawing in light ink.
        read_at: the size a picture is read at, in pixels of its longer side (``"1200"``) or as a factor
            (``"0.5x"``); ``auto`` reduces pictures with broad strokes, for networks know thin ones alone.
            The result has the size of the picture.

    Raises:
        InputError: for a model, a setting, or a device that is not there.
    """

    def __init__(
        self,
        model: str | Path = DEFAULT,
        *,
        backend: str = "auto",
        device: str | None = None,
        precision: str = "auto",
        tile: int | None = None,
        progress: Progress | None = None,
        background: str = "white",
        input: str = AUTO,
        read_at: str = AUTO,
    ):
        if tile is not None:
            check_tile(tile)
        manner = Manner(input, read_at)
        self.about: ModelCard = find_model(model)
        if (
            self.about.kind != "network" and read_at == AUTO
        ):  # classical methods have a scale of their own
            manner = replace(manner, read_at=OWN_SIZE)
        self.manner = manner
        self.tile, self.progress = tile, progress
        self.background = background
        self._background = colour_of(background)
        self._network: Backend | None = None
        if self.about.kind == "network":
            self._network = open_network(self.about, backend, device, precision)
        else:
            self._method = _method(self.about)

    @overload
    def __call__(self, picture: Array, dtype: DTypeLike = ...) -> NDArray[Any]: ...

    @overload
    def __call__(
        self, picture: list[Source] | tuple[Source, ...], dtype: DTypeLike = ...
    ) -> list[NDArray[Any]]: ...

    @overload
    def __call__(self, picture: str | Path, dtype: DTypeLike = ...) -> Any: ...

    def __call__(
        self,
        picture: Source | list[Source] | tuple[Source, ...],
        dtype: DTypeLike = np.float32,
    ) -> Any:
        """Read one picture, or several.

        Args:
            picture: ``(H, W, 3)`` RGB, uint8 or float in [0, 1]; the path of a picture file of any kind that
                :func:`lineart.pictures.inputs.read_picture` reads; a list of either; or the path of a folder,
                whose pictures are read in the order of their names.
            dtype: of the answer: float32, or float16 or uint8 (255 is ink) to save memory.

        Returns:
            ``(H, W)``, ink 1 and paper 0, the size of the picture; a list for a list or a folder.

        Raises:
            InputError: for what is no picture; it says what is wrong with it.
        """
        require(np.dtype(dtype) in DTYPES, "dtype", dtype, "float32, float16 or uint8")
        if isinstance(picture, str | Path) and Path(picture).is_dir():
            return [self._read(path, dtype) for path in pictures_in(Path(picture))]
        if isinstance(picture, str | Path | np.ndarray):
            return self._read(picture, dtype)
        if not isinstance(picture, list | tuple):
            raise InputError(
                f"A {type(picture).__name__} came for a picture; wanted is a path, an (H, W, 3) array, "
                "a list of them, or a folder."
            )
        return [self._read(one, dtype) for one in picture]

    def _read(self, source: Source, dtype: DTypeLike) -> NDArray[Any]:
        picture = checked(source) if isinstance(source, np.ndarray) else self._pixels(source)
        prepared = self.manner.prepared(picture)
        if not prepared.resized:
            return self.read(prepared.picture, dtype)
        return as_dtype(prepared.back(self.read(prepared.picture)), dtype)

    def read(self, picture: Array, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Read a picture as it is, at its size, dark ink on light ground; otherwise as a call."""
        if self._network is not None:
            return read_in_tiles(
                self._network, picture, self.tile, dtype=dtype, progress=self.progress
            )
        ink = self._method(picture)
        if self.progress is not None:
            self.progress(1, 1)
        return as_dtype(ink, dtype)

    def _pixels(self, path: str | Path) -> Bytes:
        sheet = read_sheet(path, self._background)
        if sheet.hidden:
            warnings.warn(hidden_said([str(path)], self.background), stacklevel=4)
        return sheet.pixels


def pictures_in(folder: Path) -> list[Path]:
    """The picture files of a folder and those below it, by the rules of :func:`lineart.search.find`.

    Raises:
        InputError: if there are none, or a folder may not be read.
    """
    search = find([str(folder)], None)
    for failure in search.failures:
        raise InputError(failure.why)
    found = [one.path for one in search.found if one.path.suffix.lower() in PICTURES]
    if not found:
        raise InputError(f"{shown(folder)} holds no picture; wanted are {SUCH}.")
    return found


def checked(picture: NDArray[Any]) -> Array:
    """An array that is a picture: ``(H, W, 3)``, uint8 or float in [0, 1]; floats a hair beyond are cut.

    Raises:
        InputError: for any other.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.size == 0:
        raise InputError(
            f"An array of shape {picture.shape} came for a picture; wanted is (H, W, 3), RGB."
        )
    if picture.dtype == np.uint8:
        return picture
    if not np.issubdtype(picture.dtype, np.floating):
        raise InputError(
            f"An array of {picture.dtype} came for a picture; wanted is uint8, or float in [0, 1]."
        )
    low, high = float(picture.min()), float(picture.max())
    if not (low >= -BEYOND and high <= 1 + BEYOND):  # false for what is no number, too
        raise InputError(
            f"An array of values from {low:g} to {high:g} came for a picture; wanted are floats in [0, 1], "
            "or uint8."
        )
    return picture if low >= 0 and high <= 1 else np.clip(picture, 0, 1)


def _method(card: ModelCard) -> Callable[[Array], Picture]:
    """A classical method, with the settings of its run folder if it has one."""
    if card.path is None:
        return CLASSICAL[card.name].method
    settings = read_json(card.path / "settings.json")
    method = CLASSICAL[settings["model"]].method
    try:
        inspect.signature(method).bind_partial(**settings["arguments"])
    except TypeError as error:
        raise InputError(
            f"{card.path / 'settings.json'} does not fit {settings['model']}: {error}."
        ) from error
    return functools.partial(method, **settings["arguments"])

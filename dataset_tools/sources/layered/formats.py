"""The formats of layered files: an ending, and the function that reads a tree from its bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from dataset_tools.sources.layered.vector import LONGEST, read_svg
from lineart.errors import InputError
from lineart.pictures.layered.krita import read_krita
from lineart.pictures.layered.openraster import read_openraster
from lineart.pictures.layered.photoshop import read_photoshop
from lineart.pictures.layered.tree import Document

READERS: dict[str, Callable[[bytes, str], Document]] = {
    ".ora": read_openraster,
    ".kra": read_krita,
    ".psd": read_photoshop,
    ".psb": read_photoshop,
    ".svg": read_svg,
}


def read_layers(data: bytes, name: str, longest: int = LONGEST) -> Document:
    """The tree of a layered file, by the ending of its name.

    Args:
        data: the whole file.
        name: its name, for the ending and for messages.
        longest: pixels of the longer side at which a vector file is drawn; others have their own.

    Raises:
        InputError: if the format is not known, or the file is damaged or hostile.
    """
    ending = PurePath(name).suffix.lower()
    if ending not in READERS:
        raise InputError(f"{name} is no layered file that is read ({', '.join(READERS)}).")
    if ending == ".svg":
        return read_svg(data, name, longest)
    return READERS[ending](data, name)

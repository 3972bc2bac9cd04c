"""Formats that Pillow reads with another library, HEIC and JPEG XL: registered when such a file is met."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass

from lineart.errors import InputError
from lineart.pictures.decoding import shown

EXTRA = "pip install 'lineart[formats]'"


@dataclass(frozen=True)
class Plugin:
    """A library that teaches Pillow one more format."""

    called: str  # the format, in a message
    endings: tuple[str, ...]
    start: bytes  # how its files begin, a regular expression
    library: str
    module: str  # of the library
    register: str  # a function of the module


PLUGINS = {  # by Pillow's names of the formats
    "HEIF": Plugin(
        "HEIC",
        (".heic", ".heif", ".hif", ".heics", ".heifs"),
        rb"....ftyp(he[iv][cxms]|m[is]f1(....)+?he[iv][cxms])",
        "pi-heif",
        "pi_heif",
        "register_heif_opener",
    ),
    "JXL": Plugin(
        "JPEG XL",
        (".jxl",),
        rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n",
        "pylibjxl",
        "pylibjxl",
        "register_pillow",
    ),
}
ENDINGS = tuple(ending for plugin in PLUGINS.values() for ending in plugin.endings)
HEAD = 64  # bytes of a file that tell


def plugin_for(data: bytes, name: str) -> str:
    """Pillow's name of the format of a file that wants a plugin, which is registered then; else empty.

    Args:
        data: the whole file, or its head.
        name: what it is called in messages.

    Raises:
        InputError: if the plugin is not installed.
    """
    for format, plugin in PLUGINS.items():
        if re.match(plugin.start, data[:HEAD], re.DOTALL):
            _register(plugin, name)
            return format
    return ""


def _register(plugin: Plugin, name: str) -> None:
    try:
        module = importlib.import_module(plugin.module)
    except ImportError as error:
        raise InputError(
            f"{shown(name)} is a picture of the kind {plugin.called}, which needs {plugin.library}; "
            f"install it ({EXTRA}), or save the picture as PNG."
        ) from error
    getattr(module, plugin.register)()

"""Untrusted XML, parsed under guard.

The guard runs before any tree is built: entity declarations, the stuff of XML bombs, and nesting deep
enough to overflow a stack are refused. A bare ``<!DOCTYPE>`` passes, for Inkscape, Illustrator and Krita
write one; nothing that it points at is fetched.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any
from xml.parsers import expat

from lineart.errors import InputError

MAX_BYTES = 64 * 2**20  # of one XML file; its tree in memory is some ten times as large
MAX_DEPTH = 200  # elements within elements


def parse_xml(data: bytes, name: str, kind: str = "XML") -> ET.Element:
    """The root of an XML file that may be hostile.

    Raises:
        InputError: if it is not well-formed, declares entities, nests deeper than
            200 elements, or is larger than 64 MiB.
    """
    if len(data) > MAX_BYTES:
        raise InputError(
            f"{name} has {len(data) / 2**20:.0f} MiB of {kind}; at most {MAX_BYTES // 2**20} are read."
        )
    depth = 0

    def refuse(*_: Any) -> None:
        raise InputError(
            f"{name} declares XML entities in its document type, which are not read; "
            f"save it as plain {kind}."
        )

    def enter(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise InputError(
                f"{name} nests more than {MAX_DEPTH} elements; ungroup some of its layers."
            )

    def leave(_: str) -> None:
        nonlocal depth
        depth -= 1

    guard = expat.ParserCreate()
    guard.EntityDeclHandler = refuse
    guard.StartElementHandler = enter
    guard.EndElementHandler = leave
    try:
        guard.Parse(data, True)
        return ET.fromstring(data)
    except InputError:
        raise
    except (expat.ExpatError, ET.ParseError, ValueError, LookupError) as error:
        raise InputError(f"{name} is no well-formed {kind} ({error}).") from error

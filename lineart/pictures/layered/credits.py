"""Who drew a file and under which licence, as far as the file itself says (Dublin Core, XMP, CC REL)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

CREATIVE_COMMONS = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)(?:/([a-z]{2})\b)?")
CC_ZERO = "creativecommons.org/publicdomain/zero/1.0"
LICENCES = ("license", "licence", "WebStatement", "rights")
RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
MOST = 200  # characters of a name or licence


def text_in(root: ET.Element, name: str) -> str:
    """All text in the first element called ``name``, in whatever namespace; empty if there is none.

    >>> text_in(ET.fromstring("<a><b xmlns='x'> Ada <i>L.</i></b></a>"), "b")
    'Ada L.'
    """
    for element in root.iter():
        if _bare(element.tag) == name:
            text = " ".join("".join(element.itertext()).split())[:MOST]
            if text:
                return text
    return ""


def licence_in(root: ET.Element) -> str:
    """The licence that metadata name, as an SPDX name where it is one of Creative Commons.

    An attribute ``rdf:resource`` counts as text does. Empty if none is named.
    """
    for wanted in LICENCES:
        for element in root.iter():
            if _bare(element.tag) == wanted:
                text = element.get(RESOURCE) or " ".join("".join(element.itertext()).split())
            else:
                text = next((v for k, v in element.attrib.items() if _bare(k) == wanted), "")
            if text.strip():
                return spdx(text.strip())
    return ""


def spdx(text: str) -> str:
    """The SPDX name of a Creative Commons address; any other text as it is.

    >>> spdx("http://creativecommons.org/licenses/by-sa/4.0/")
    'CC-BY-SA-4.0'
    """
    if CC_ZERO in text:
        return "CC0-1.0"
    found = CREATIVE_COMMONS.search(text)
    if found is None:
        return text[:MOST]
    kind, version, country = found.groups()
    return "-".join(["CC", kind.upper(), version, *([country.upper()] if country else [])])


def _bare(tag: object) -> str:
    """A tag or attribute without its namespace."""
    return str(tag).rpartition("}")[2]

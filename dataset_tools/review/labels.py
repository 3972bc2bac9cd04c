"""The page a reviewer works on, as a Label Studio labelling configuration, made from the list of checks.

Three pictures beside each other (render, line art, overlay), under them the verdict by one key, and only
when something is wrong what it is and where. The types of defects are the checks themselves, so that a
person's words and a check's can be compared.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from dataset_tools.checks import TITLES
from dataset_tools.review.curate import BEYOND
from dataset_tools.review.verdicts import BEST, VERDICTS

# The names of the controls, as they come back in the answers.
VERDICT, DEFECTS, WHERE, RATING, NOTE = "verdict", "defects", "where", "rating", "note"
ON = "overlay"  # the picture that rectangles are drawn on, and every answer belongs to
KEYS = {"accept": "a", "fix": "f", "reject": "r"}
# What no eye need judge: facts of a file, and of the set.
FACTS = (*BEYOND, "alpha", "profile", "near")
# Faults that have a place in the picture, and the colours of their rectangles.
COLOURS = {
    "missing": "#d62728",
    "visible": "#1f77b4",
    "extra": "#17becf",
    "broken": "#ff7f0e",
    "drift": "#9467bd",
    "dirt": "#8c564b",
    "texture": "#7f7f7f",
    "border": "#2ca02c",
}
STYLE = """
.review h5 { font-size: 13px !important; line-height: 18px !important; margin: 0 0 2px !important; }

.pictures { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 8px; margin: 4px 0; }
.answers { display: grid; grid-template-columns: auto auto 1fr; gap: 2px 28px; }
.faults { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 28px; }
"""


def defects() -> dict[str, str]:
    """What a reviewer can say is wrong, name and title: the checks that she could have an opinion on."""
    return {name: title for name, title in TITLES.items() if name not in FACTS}


def config() -> str:
    """The labelling configuration, XML for Label Studio 1.13 or later; the same checks, the same bytes."""
    page = ET.Element("View", className="review")
    ET.SubElement(page, "Style").text = STYLE
    ET.SubElement(page, "Header", value="$pair_id  ·  $why  ·  $findings", size="5")
    pictures = ET.SubElement(page, "View", className="pictures")
    for name, title in (
        ("render", "Render"),
        ("line", "Line art"),
        (ON, "Overlay"),
    ):
        column = ET.SubElement(pictures, "View")
        ET.SubElement(column, "Header", size="5", value=title)
        ET.SubElement(
            column, "Image", name=name, value=f"${name}", zoom="true", zoomControl="false"
        )
    answers = ET.SubElement(page, "View", className="answers")
    verdict = _choices(answers, VERDICT, "Verdict", choice="single-radio", required="true")
    for word in VERDICTS:
        ET.SubElement(verdict, "Choice", value=word, hotkey=KEYS[word])
    rating = ET.SubElement(answers, "View")
    ET.SubElement(rating, "Header", size="5", value="Quality")
    ET.SubElement(rating, "Rating", name=RATING, toName=ON, maxRating=str(BEST))
    note = ET.SubElement(answers, "View")
    ET.SubElement(note, "Header", size="5", value="Note")
    ET.SubElement(
        note, "TextArea", name=NOTE, toName=ON, rows="1", maxSubmissions="1", placeholder="for the artist",
        editable="true",
    )  # fmt: skip
    faults = ET.SubElement(
        page, "View", className="faults", visibleWhen="choice-selected", whenTagName=VERDICT,
        whenChoiceValue=",".join(word for word in VERDICTS if word != "accept"),
    )  # fmt: skip
    what = _choices(faults, DEFECTS, "What is wrong", choice="multiple")
    where = ET.SubElement(faults, "View")
    ET.SubElement(where, "Header", size="5", value="Where: choose, then draw on the overlay")
    region = ET.SubElement(
        where, "RectangleLabels", name=WHERE, toName=ON, strokeWidth="2", showInline="true"
    )
    for name, title in defects().items():
        ET.SubElement(what, "Choice", value=name, html=title)
        if name in COLOURS:
            ET.SubElement(region, "Label", value=name, background=COLOURS[name])
    ET.indent(page)
    return ET.tostring(page, encoding="unicode")


def _choices(parent: ET.Element, name: str, title: str, **options: str) -> ET.Element:
    block = ET.SubElement(parent, "View")
    ET.SubElement(block, "Header", size="5", value=title)
    return ET.SubElement(
        block, "Choices", {"name": name, "toName": ON, "showInline": "true", **options}
    )

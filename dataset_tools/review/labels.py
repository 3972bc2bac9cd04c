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
# Faults that have a place in the picture, the most frequent first, and the colours of their rectangles.
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
# For the height of a laptop (768 pixels): small words, and the pictures as large as the window leaves them.
# Label Studio's own panels and tools beside them are left out; regions are chosen and deleted in the picture.
BESIDE = 380  # pixels of height that everything but the pictures takes
STYLE = """
.review h4, .review h5 {
  font-size: 13px !important; line-height: 18px !important; margin: 0 0 2px !important;
}
.about { display: flex; gap: 16px; }
.about > .name { flex: none; white-space: nowrap; }
.about > .findings { flex: 1; min-width: 0; }
.findings h4, .findings h5 {
  font-weight: 400 !important; opacity: 0.75;
  overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
}
.findings:hover h4, .findings:hover h5 { white-space: normal; }
.pictures {
  display: grid; gap: 12px; margin: 4px auto; max-width: calc(3 * (100vh - BESIDEpx));
  grid-template-columns: repeat(3, minmax(0, 1fr));
}
.pictures .lsf-toolbar { display: none; }
.answers { display: grid; grid-template-columns: auto auto 1fr; gap: 2px 28px; }
.faults { display: grid; grid-template-columns: 3fr 1fr; gap: 2px 28px; }
.faults .lsf-choices { display: grid; grid-template-columns: repeat(4, auto); gap: 0 12px; }
.review .lsf-choices, .review .lsf-choice, .review .lsf-choice__item { margin: 0; padding: 0; }
.review .lsf-text-area { margin: 0 !important; }
.review .lsf-labels { margin: 0; }
.review .lsf-choice label { font-size: 12px; line-height: 20px; }
.lsf-sidepanels { padding-right: 0 !important; }
.lsf-sidepanels__wrapper { display: none !important; }
"""


def defects() -> dict[str, str]:
    """What a reviewer can say is wrong, name and title: the checks that she could have an opinion on.

    Those that have a place come first, so that they get the digits as their keys.
    """
    return {name: TITLES[name] for name in (*COLOURS, *TITLES) if name not in FACTS}


def config() -> str:
    """The labelling configuration, XML for Label Studio 1.13 or later; the same checks, the same bytes."""
    page = ET.Element("View", className="review")
    ET.SubElement(page, "Style").text = STYLE.replace("BESIDE", str(BESIDE))
    about = ET.SubElement(page, "View", className="about")
    for name, value in (("name", "$pair_id  ·  $why"), ("findings", "$findings")):
        part = ET.SubElement(about, "View", className=name)
        ET.SubElement(part, "Header", value=value, size="5")
    pictures = ET.SubElement(page, "View", className="pictures")
    for name, title in (
        ("render", "Render"),
        ("line", "Line art"),
        (ON, "Overlay"),
    ):
        column = ET.SubElement(pictures, "View")
        ET.SubElement(column, "Header", size="5", value=title)
        ET.SubElement(
            column, "Image", name=name, value=f"${name}", zoom="true", zoomControl="false",
            maxHeight=f"calc(100vh - {BESIDE}px)",
        )  # fmt: skip
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
        where, "RectangleLabels", name=WHERE, toName=ON, strokeWidth="2", fillOpacity="0.05",
        showInline="true",
    )  # fmt: skip
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

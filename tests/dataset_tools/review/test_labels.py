import xml.etree.ElementTree as ET

import pytest
from label_studio_sdk.label_interface import LabelInterface

from dataset_tools.checks import TITLES
from dataset_tools.review.labels import COLOURS, FACTS, config, defects


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the SDK's own
def test_the_page_is_valid() -> None:
    LabelInterface(config()).validate()


def test_verdicts_have_a_key_each() -> None:
    choices = ET.fromstring(config()).findall(".//Choices[@name='verdict']/Choice")
    assert [(choice.get("value"), choice.get("hotkey")) for choice in choices] == [
        ("accept", "a"), ("fix", "f"), ("reject", "r"),
    ]  # fmt: skip


def test_defects_are_the_checks_that_an_eye_can_judge() -> None:
    offered = [
        c.get("value")
        for c in ET.fromstring(config()).findall(".//Choices[@name='defects']/Choice")
    ]
    assert offered == list(defects())
    assert set(offered) < set(TITLES)
    assert {"missing", "visible", "broken", "dirt", "shift", "partner"} <= set(offered)
    assert not {"decodes", "sizes", "duplicate", "near"} & set(offered)


def test_what_has_a_place_can_be_drawn() -> None:
    labels = [label.get("value") for label in ET.fromstring(config()).findall(".//Label")]
    assert labels == list(COLOURS)
    assert set(COLOURS) <= set(TITLES)


def test_what_has_a_place_comes_first_and_nothing_is_lost() -> None:
    assert list(defects())[: len(COLOURS)] == list(COLOURS)
    assert set(defects()) == set(TITLES) - set(FACTS)

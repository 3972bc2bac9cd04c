import re
from xml.etree import ElementTree

import pytest

from dataset_tools.report.charts import SMALL, WIDE, histogram, recall


def bars(svg: str) -> list[float]:
    """The heights of the bars as parts of the field, from left to right."""
    field = WIDE.at(0, 0)[1] - WIDE.at(0, 1)[1]
    found = [
        r for r in ElementTree.fromstring(svg).iter("rect") if r.get("fill") and not r.get("rx")
    ]
    return [float(rect.get("height", 0)) / field for rect in found]


def test_bars_are_shares() -> None:
    # Of four values three lie at the low end: three times the height, the highest at 1 / 1.06.
    heights = bars(histogram([0, 0, 0, 16], {}, "px"))
    assert len(heights) == 17
    assert heights[0] == pytest.approx(1 / 1.06, abs=0.01)
    assert heights[-1] == pytest.approx(heights[0] / 3, abs=0.01)
    assert sum(heights[1:-1]) == 0


def test_equal_values_are_one_bar() -> None:
    heights = bars(histogram([7.0, 7.0], {"train": [7.0]}, "px"))
    assert [height for height in heights if height] == pytest.approx([1 / 1.06], abs=0.01)


def test_values_that_are_none_are_left_out() -> None:
    assert histogram([float("nan")], {}, "px") == ""
    assert bars(histogram([1, 2, float("nan")], {}, "px")) == bars(histogram([1, 2], {}, "px"))


def test_a_part_is_a_line_of_steps() -> None:
    svg = histogram([0, 1], {"train": [0, 1], "val": []}, "px")
    assert svg.count('fill="none" stroke="#') == 2
    assert ">train<" in svg
    assert ">all<" in svg


def test_recall_is_drawn_at_its_height() -> None:
    svg = recall(["1", "2"], {"its check": [0.0, 1.0]}, "<px>", 0.95, 1)
    circles = re.findall(r'c[xy]="([\d.]+)"', svg)
    places = [*SMALL.at(0.25, 0), *SMALL.at(0.75, 1)]
    assert list(map(float, circles)) == pytest.approx(places, abs=0.1)
    assert "&lt;px&gt;" in svg
    assert "its check, 2: 100.0%" in svg


def test_the_aim_begins_at_the_strength_a_person_objects_to() -> None:
    svg = recall(["1", "2"], {"a": [0.0, 1.0]}, "px", 0.95, 1)
    (x, width), *none = re.findall(r'class="aim" x="([\d.]+)".*?width="([\d.]+)"', svg)
    assert none == []
    assert float(x) == pytest.approx(SMALL.at(0.5, 0)[0], abs=0.1)
    assert float(x) + float(width) == pytest.approx(SMALL.at(1, 0)[0], abs=0.1)
    assert 'class="aim"' not in recall(["1"], {"a": [0.5]}, "px", 0.95, None)

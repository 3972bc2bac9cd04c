import xml.etree.ElementTree as ET

from pipelines.report.curves import HEIGHT, LEFT, RIGHT, TOP, WIDTH, chart, log_ticks, ticks


def test_points_lie_where_they_should() -> None:
    svg = ET.fromstring(chart({"a": [(0, 0.1), (10, 0.001)]}, "pictures", "error"))
    first, last = (
        (float(circle.attrib["cx"]), float(circle.attrib["cy"])) for circle in svg.iter("circle")
    )
    assert first[0] == LEFT
    assert last[0] == WIDTH - RIGHT
    assert TOP < first[1] < last[1] < HEIGHT  # a larger error is higher up


def test_a_curve_of_one_point_and_a_name_with_signs() -> None:
    svg = chart({"a<b & c": [(5, 0.5)]}, "pictures", "error")
    assert "a&lt;b &amp; c" in svg
    assert len(list(ET.fromstring(svg).iter("circle"))) == 1


def test_no_points_no_chart() -> None:
    assert chart({}, "pictures", "error") == ""
    assert chart({"a": []}, "pictures", "error") == ""


def test_ticks_are_round() -> None:
    assert ticks(1) == [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]
    assert ticks(0) == [0]
    assert log_ticks(0.009, 12) == [0.01, 0.1, 1, 10]
    assert log_ticks(0.02, 0.021)[0] == 0.02

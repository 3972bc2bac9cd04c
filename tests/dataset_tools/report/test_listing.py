from collections.abc import Callable
from pathlib import Path

from dataset_tools.report.listing import listing
from dataset_tools.report.tables import DataSet

HOSTILE = '<script>alert("x")\'&'


def by_id(data: DataSet, folder: Path) -> dict[str, list[object]]:
    return {row[0]: row[1:] for row in listing(data, folder)["rows"]}


def test_everything_delivered_is_listed(data: DataSet, tmp_path: Path) -> None:
    found = by_id(data, tmp_path)
    assert len(found) == 7
    assert found["bad\nname <img src=x>"][:2] == ["refused", "cut <short>"]
    assert found["torn"][:2] == ["quarantine", "decodes: there is no picture <here>"]
    assert found["torn"][4:7] == [None, None, 0.0]
    assert found["0031"][:3] == ["accept", "", "train"]
    assert found["0031"][4:7] == [2.0, 10.0, 1.0]


def test_being_alike_is_said_but_lowers_no_score(data: DataSet, tmp_path: Path) -> None:
    row = by_id(data, tmp_path)[HOSTILE]
    assert row[1] == "shift: shifted by <1> pixel; near: nearly the same drawing (1.0% differ)"
    assert row[6] == 0.75


def test_links_lead_to_the_files_whatever_their_names(data: DataSet, tmp_path: Path) -> None:
    found = listing(data, tmp_path / "reports")
    assert found["base"] == "../data/pairs/"
    row = {row[0]: row for row in found["rows"]}[HOSTILE]
    assert row[8] == "render/%3Cscript%3Ealert%28%22x%22%29%27%26.png"


def test_what_people_decided_is_said(curated: Callable[[], DataSet], tmp_path: Path) -> None:
    found = by_id(curated(), tmp_path)
    assert found["plain"][:2] == ["quarantine", "alpha: was transparent; review: not by <us>"]
    assert found["shifted"][0] == "accept"

import dataclasses

import numpy as np
import pytest

from dataset_tools.report import exhibits
from dataset_tools.report.exhibits import Album
from dataset_tools.report.settings import DatasetReportSettings
from dataset_tools.report.tables import DataSet
from lineart.pictures.images import write_line

CHINESE, HOSTILE = "线稿 🎨", '<script>alert("x")\'&'


def titles(exhibit: exhibits.Exhibit) -> list[str]:
    return [figure.title for figure in exhibit.figures]


def test_the_worst_pairs_of_the_checks_that_found_any(data: DataSet) -> None:
    found = exhibits.worst_pairs(data, Album(data, 64), 6)
    assert list(found) == ["decodes", "shift"]
    worst, doubt = found["shift"]
    assert (worst.ids, worst.score, worst.verdict) == (["shifted"], 0.25, "quarantine")
    assert (worst.words, worst.fix) == ("shifted by 6.0 pixels", "move it")
    assert titles(worst) == ["render", "line art", "fault marked", "from near"]
    assert all(figure.uri.startswith("data:image/webp;base64,") for figure in worst.figures)
    assert (doubt.ids, doubt.verdict) == ([HOSTILE], "doubt")


def test_no_more_are_shown_than_wanted(data: DataSet) -> None:
    found = exhibits.worst_pairs(data, Album(data, 64), 1)
    assert [len(pairs) for pairs in found.values()] == [1, 1]


def test_a_picture_that_is_not_there_is_words(data: DataSet) -> None:
    (torn,) = exhibits.worst_pairs(data, Album(data, 64), 6)["decodes"]
    render, line = torn.figures
    assert render.uri
    assert not line.uri
    assert "There is no picture" in line.title


def test_pictures_of_two_sizes_are_not_laid_over_one_another(data: DataSet) -> None:
    write_line(data.folders.pairs / "line" / "shifted.png", np.zeros((32, 64), np.float32))
    worst = exhibits.worst_pairs(data, Album(data, 64), 1)["shift"][0]
    assert titles(worst) == ["render", "line art"]


def test_exact_duplicates_come_first_and_say_where_they_are(data: DataSet) -> None:
    exact, near = exhibits.duplicates(data, Album(data, 64), 5)
    assert (exact.ids, exact.words, exact.facts) == (
        ["0031", "torn"],
        "exact",
        ["train", "quarantine"],
    )
    assert (near.ids, near.words) == ([CHINESE, HOSTILE], "near, 1.0% differ")
    assert near.facts == ["val", "train"]
    assert titles(near) == [CHINESE, f"{CHINESE}, line art", HOSTILE, f"{HOSTILE}, line art"]


def test_the_most_doubted_comes_first(doubted: DataSet) -> None:
    first, second = exhibits.doubted(doubted, Album(doubted, 64), 5)
    assert (first.ids, first.words, first.score) == ([HOSTILE], "rank 1 of 2", 0.5)
    assert titles(first) == ["render", "line art", "prediction", "difference"]
    assert second.ids == [CHINESE]
    assert "There is no picture" in titles(second)[2]
    assert len(second.figures) == 3


def test_without_a_model_nothing_is_doubted(data: DataSet) -> None:
    assert exhibits.doubted(data, Album(data, 64), 5) == []


def test_a_family_is_a_drawing_and_its_children(data: DataSet) -> None:
    found = exhibits.families(data, DatasetReportSettings(families=1, picture=64))
    assert [(family.parent, family.split) for family in found] == [
        ("0031", "train"),
        (CHINESE, "val"),
        ("plain", "test"),
    ]
    itself, child = found[0].renders
    assert (itself.title, child.title, child.more) == (
        "the drawing itself",
        "stains",
        "stains: strength 0.5",
    )
    assert len(found[0].lines) == 2


@pytest.mark.parametrize("change", [{"worst": 0}, {"picture": 2000}, {"families": 9}])
def test_settings_out_of_range_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=rf"dataset\.{next(iter(change))}"):
        dataclasses.replace(DatasetReportSettings(), **change)

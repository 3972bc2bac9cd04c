"""Groups by a table or by the names themselves."""

from pathlib import Path

import pytest

from dataset_tools.sources import IngestSettings
from dataset_tools.sources.groups import check_series, groups_of, series_of
from lineart.errors import InputError

NAMES = ["0031", "char_012_a", "café"]


def table(folder: Path, text: str) -> Path:
    path = folder / "groups.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_by_name(tmp_path: Path) -> None:
    path = table(tmp_path, "name,artist,group\n0031, Ada ,cat\n cafe\u0301 ,,\n")
    assert groups_of(path, NAMES) == {
        "0031": {"name": "0031", "artist": "Ada", "group": "cat"},
        "café": {"name": "cafe\u0301", "artist": "", "group": ""},
    }
    assert groups_of(tmp_path / "none.csv", NAMES) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "file,group\n0031,cat\n",
            r"has the columns file, group; wanted are name and any of group, artist",
        ),
        ("name,licence\n0031,x\n", "has the columns name, licence"),
        ("name,group\nchar_012,cat\n", r"no drawing for groups\.csv: 'char_012'.*'char_012_a'"),
        ("name,group\n0031,cat\n0031,dog\n", "names '0031' twice"),
        ("", "cannot be read as a table"),
        ('name,group\n"a\nb",cat\n', r"'a\\nb'"),
    ],
)
def test_a_wrong_table_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        groups_of(table(tmp_path, text), NAMES)
    assert str(caught.value).splitlines() == [str(caught.value)]


@pytest.mark.parametrize(
    ("name", "series"),
    [
        ("char_012_a", "char_012"),
        ("char_012_b", "char_012"),
        ("char_7", "char_7"),
        ("cover", "cover"),  # no match: alone
        ("char__x", "char__x"),  # an empty series is none
    ],
)
def test_a_series_joins_what_its_expression_joins(name: str, series: str) -> None:
    assert series_of(name, IngestSettings(series=r"^(char_\d+|(?<=x)y)")) == series


def test_without_the_setting_every_name_is_alone() -> None:
    assert series_of("char_012_a", IngestSettings()) == "char_012_a"
    assert series_of("a\nb", IngestSettings()).startswith("a_b-")  # a group stands in tables


@pytest.mark.parametrize("series", ["", "(", "char", r"(?:char)_\d+", "(?P<a"])
def test_a_wrong_expression_is_refused_at_once(series: str) -> None:
    with pytest.raises(InputError, match=r"ingest\.series is .*a regular expression with a group"):
        IngestSettings(series=series)


def test_an_expression_that_fits_nothing_is_refused() -> None:
    settings = IngestSettings(series=r"^(page\d+)")
    with pytest.raises(InputError, match=r"fits none of 3 names; the first is '0031'"):
        check_series(NAMES, settings)
    check_series([*NAMES, "page3"], settings)
    check_series(NAMES, IngestSettings())

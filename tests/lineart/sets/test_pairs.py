"""Pair tables keep every name as it was and refuse two of one name."""

import dataclasses
from pathlib import Path

import pytest

from lineart.errors import InputError
from lineart.sets.pairs import Pair, read_pairs, read_table, sha256, write_pairs


def pair(name: str) -> Pair:
    return Pair(
        name, f"render/{name}.png", f"line/{name}.png", name, "s", "a", "l", 4, 3, "0", "00"
    )


def test_round_trip_keeps_names_that_look_like_numbers(tmp_path):
    rows = [pair("0031"), pair("NA"), pair("1e5"), pair('线稿 ü, "q"')]
    write_pairs(tmp_path / "pairs.csv", reversed(rows))
    assert read_pairs(tmp_path / "pairs.csv") == sorted(rows, key=lambda row: row.id)


def test_refuses_twins_and_foreign_tables(tmp_path):
    with pytest.raises(InputError, match="Two pairs are called 'a'"):
        write_pairs(tmp_path / "pairs.csv", [pair("a"), pair("a")])
    (tmp_path / "other.csv").write_text("id,render\n1,2\n")
    with pytest.raises(InputError, match="lacks the columns line, group"):
        read_pairs(tmp_path / "other.csv")
    with pytest.raises(InputError, match="There is no table"):
        read_pairs(tmp_path / "none.csv")


def test_sha256_of_nothing():
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_table_of_a_spreadsheet_begins_with_a_mark(tmp_path: Path) -> None:
    (tmp_path / "groups.csv").write_text("\ufeffname,group\n0031,1\n", encoding="utf-8")
    frame = read_table(tmp_path / "groups.csv")
    assert frame.to_dict("records") == [{"name": "0031", "group": "1"}]


def test_sizes_must_be_whole_numbers(tmp_path: Path) -> None:
    columns = [field.name for field in dataclasses.fields(Pair)]
    (tmp_path / "pairs.csv").write_text(f"{','.join(columns)}\n{','.join('x' * len(columns))}\n")
    with pytest.raises(InputError, match="width and height must be whole numbers"):
        read_pairs(tmp_path / "pairs.csv")


def test_a_table_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_table(tmp_path)

"""Pair tables keep every name as it was and refuse two of one name."""

import pytest

from lineart.errors import InputError
from lineart.pairs import Pair, read_pairs, sha256, write_pairs


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

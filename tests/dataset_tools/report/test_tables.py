from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dataset_tools.report.tables import DataSet, Folders, read_dataset
from lineart.errors import InputError
from lineart.sets.pairs import sha256

CHINESE = "线稿 🎨"


def test_names_stay_text(data: DataSet) -> None:
    assert set(data.pairs["id"]) >= {"0031", CHINESE}
    assert set(data.duplicates["one"]) == {"0031", CHINESE}


def test_what_could_not_be_read_is_no_pair(data: DataSet) -> None:
    assert data.quarantine["id"].tolist() == ["shifted", "torn"]
    assert data.refused["id"].tolist() == ["bad\nname <img src=x>"]


def test_the_checks_are_those_of_the_table(data: DataSet) -> None:
    assert data.checks == ["decodes", "shift", "alpha", "near"]


def test_people_have_the_last_word(data: DataSet, curated: Callable[[], DataSet]) -> None:
    assert (data.verdicts["plain"], data.verdicts["shifted"]) == ("accept", "quarantine")
    after = curated()
    assert (after.verdicts["plain"], after.verdicts["shifted"]) == ("quarantine", "accept")
    assert after.verdicts["torn"] == "quarantine"
    assert "curated/pairs.csv" in after.digests
    assert "checked/pairs.csv" in data.digests


def test_a_digest_is_that_of_the_file(data: DataSet) -> None:
    path = data.folders.pairs / "pairs.csv"
    assert data.digests["pairs/pairs.csv"] == sha256(path.read_bytes())[:12]
    assert data.digests["augmented/children.csv"] == data.version


def test_what_was_not_measured_is_empty(data: DataSet, doubted: DataSet) -> None:
    assert data.doubts.empty
    assert data.planted.empty
    assert len(doubted.doubts) == 2
    assert len(doubted.planted) == 4


def test_a_missing_measure_is_said(folders: Folders) -> None:
    path = folders.checked / "pairs.csv"
    pd.read_csv(path).drop(columns="coverage").to_csv(path, index=False)
    with pytest.raises(InputError, match=r"pairs\.csv lacks the column coverage; run the stage qa"):
        read_dataset(folders)


def test_a_missing_table_is_said(folders: Folders) -> None:
    (folders.checked / "summary.json").unlink()
    with pytest.raises(InputError, match=r"summary\.json; run the stage qa"):
        read_dataset(folders)


def test_a_data_set_without_refusals(folders: Folders, tmp_path: Path) -> None:
    (folders.pairs / "refused.csv").write_text("id,reason\n")
    assert read_dataset(folders).refused.empty

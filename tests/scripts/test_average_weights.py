"""The mean of two trainings, on weights of two numbers."""

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lineart.errors import InputError
from lineart.runs import WEIGHTS, read_json, save_weights, write_json
from scripts.average_weights import main


def folder(path: Path, numbers: list[float], count: int) -> Path:
    path.mkdir()
    save_weights(path / WEIGHTS, {"a": torch.tensor(numbers), "seen": torch.tensor(count)})
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = folder(tmp_path / "first", [1.0, -3.0], 7)
    write_json(path / "card.json", {"crops": 100, "steps": 25, "hours": 0.5, "name": "first"})
    return path


@pytest.fixture
def second(tmp_path: Path, first: Path) -> Path:
    path = folder(tmp_path / "second", [2.0, 5.0], 9)
    start = hashlib.sha256((first / WEIGHTS).read_bytes()).hexdigest()
    write_json(path / "settings.json", {"model": "clearnet", "start": start})
    write_json(
        path / "summary.json", {"pictures": 40, "steps": 10, "seconds": 360.0, "threshold": 0.4}
    )
    return path


def test_a_mean_lies_in_the_middle_and_says_of_what(
    first: Path, second: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    main(first, second, out)
    weights = load_file(out / WEIGHTS)
    assert weights["a"].tolist() == [1.5, 1.0]
    assert weights["seen"].item() == 9
    assert read_json(out / "card.json") == {"crops": 140, "steps": 35, "hours": 0.6}
    assert read_json(out / "summary.json") == {"pictures": 40, "steps": 10, "seconds": 360.0}
    settings = read_json(out / "settings.json")
    digests = [hashlib.sha256((run / WEIGHTS).read_bytes()).hexdigest() for run in (first, second)]
    assert settings["mean_of"] == digests
    with pytest.raises(InputError, match="out is there already"):
        main(first, second, out)


def test_trainings_that_have_nothing_to_do_with_one_another_have_no_mean(
    first: Path, second: Path, tmp_path: Path
) -> None:
    write_json(second / "settings.json", {"model": "clearnet"})
    with pytest.raises(InputError, match="did not begin with the weights"):
        main(first, second, tmp_path / "out")
    assert not (tmp_path / "out").exists()

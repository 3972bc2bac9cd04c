"""The mean of two trainings: of two numbers, and of two small networks."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from lineart.errors import InputError
from lineart.models import create_model
from lineart.runs import WEIGHTS, read_json, save_weights, write_json
from lineart.sets.pairs import sha256, write_table
from lineart.sets.shards import TABLE, Child, data_digest, encode_child, write_shard
from scripts.average_weights import main, mean_of

ARGUMENTS = {"preset": "tiny"}


def test_a_mean_lies_between() -> None:
    one = {"a": torch.tensor([1.0, -3.0]).half(), "seen": torch.tensor(7)}
    other = {"a": torch.tensor([2.0, 5.0]), "seen": torch.tensor(9)}
    mean = mean_of(one, other, 0.75)
    assert mean["a"].tolist() == [1.75, 3.0]
    assert mean["a"].dtype == torch.float32
    assert mean["seen"].item() == 9


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two validation pictures: a black bar on white."""
    line = np.zeros((32, 32), np.float32)
    line[14:18, 4:28] = 1
    render_png, line_png, digest = encode_child(1 - np.repeat(line[..., None], 3, 2), line)
    children = [
        Child(f"{name}-0", name, 0, "val", name, "val-000000.tar", 32, 32, digest, "[]")
        for name in "ab"
    ]
    write_shard(tmp_path / "data/val-000000.tar", [(c, render_png, line_png) for c in children])
    write_table(tmp_path / "data" / TABLE, pd.DataFrame(map(dataclasses.asdict, children)))
    return tmp_path / "data"


def folder(path: Path, seed: int) -> Path:
    torch.manual_seed(seed)
    save_weights(path / WEIGHTS, create_model("clearnet", **ARGUMENTS).state_dict())
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = folder(tmp_path / "first", 1)
    write_json(path / "card.json", {"crops": 100, "steps": 25, "hours": 0.5, "name": "first"})
    return path


@pytest.fixture
def second(tmp_path: Path, first: Path, data: Path) -> Path:
    path = folder(tmp_path / "second", 2)
    settings: dict[str, Any] = {"model": "clearnet", "arguments": ARGUMENTS, "kind": "network"}
    settings |= {"train": {"validate_pictures": 2}, "start": sha256((first / WEIGHTS).read_bytes())}
    write_json(path / "settings.json", settings)
    summary: dict[str, Any] = {
        "pictures": 40,
        "steps": 10,
        "seconds": 360.0,
        "threshold": 2.0,
        "precision": "float32",
    }
    write_json(path / "summary.json", {**summary, "data": data_digest(data)})
    return path


def test_a_mean_says_of_what_and_has_a_threshold_of_its_own(
    first: Path, second: Path, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    main(first, second, out, data, 0.5)
    runs = [load_file(run / WEIGHTS) for run in (first, second, out)]
    for name, value in runs[2].items():
        if value.is_floating_point():
            assert torch.allclose(value, (runs[0][name] + runs[1][name]) / 2, atol=1e-6)
    assert read_json(out / "card.json") == {"crops": 140, "steps": 35, "hours": 0.6}
    summary = read_json(out / "summary.json")
    assert 0 < summary["threshold"] < 1  # that of the second was 2
    assert summary["validation"]["mae"] > 0
    assert (summary["pictures"], summary["steps"]) == (40, 10)
    assert len((out / "validation.csv").read_text().splitlines()) == 3
    settings = read_json(out / "settings.json")
    assert settings["share"] == 0.5
    assert settings["mean_of"] == [sha256((run / WEIGHTS).read_bytes()) for run in (first, second)]
    with pytest.raises(InputError, match="out is there already"):
        main(first, second, out, data, 0.5)


@pytest.mark.parametrize("share", [0, 1, -0.1, float("nan")])
def test_a_mean_is_of_both(
    first: Path, second: Path, data: Path, tmp_path: Path, share: float
) -> None:
    with pytest.raises(InputError, match="more than 0 and less than 1"):
        main(first, second, tmp_path / "out", data, share)


@pytest.mark.parametrize(
    ("file", "changes", "said"),
    [
        ("settings.json", {"start": "of others"}, "did not begin with the weights"),
        ("summary.json", {"data": "others"}, "saw other data"),
    ],
)
def test_trainings_that_have_nothing_to_do_with_one_another_have_no_mean(
    first: Path, second: Path, data: Path, tmp_path: Path, file: str, changes: dict, said: str
) -> None:
    write_json(second / file, {**read_json(second / file), **changes})
    with pytest.raises(InputError, match=said):
        main(first, second, tmp_path / "out", data, 0.5)
    assert not (tmp_path / "out").exists()

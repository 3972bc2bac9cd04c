import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from lineart.errors import InputError
from pipelines.params import Params
from pipelines.road.sizes import switch

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    shutil.copytree(ROOT / "params", tmp_path / "params")
    return tmp_path


def keys(content: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, dict):
            flat |= keys(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def test_there_and_back_changes_nothing(root: Path) -> None:
    before = (root / "params.yaml").read_bytes()
    switch("paper", root)
    paper = (root / "params.yaml").read_bytes()
    assert paper != before
    switch("default", root)
    assert (root / "params.yaml").read_bytes() == before
    assert b"# longer side in pixels" in paper


def test_the_paper_differs_in_its_keys_alone(root: Path) -> None:
    before = keys(yaml.safe_load((root / "params.yaml").read_text()))
    lines = switch("paper", root)
    after = keys(yaml.safe_load((root / "params.yaml").read_text()))
    wanted = keys(yaml.safe_load((root / "params/paper.yaml").read_text()))
    assert {key: value for key, value in after.items() if before[key] != value} == wanted
    assert "ingest.size: 256 -> 512" in lines
    assert after["ingest.size"] == 512
    assert after["train.preset"] == "paper"


def test_a_change_of_ones_own_stays(root: Path) -> None:
    path = root / "params.yaml"
    path.write_text(
        path.read_text().replace("seed: 0  ", "seed: 5  ").replace("rows: 24", "rows: 9")
    )
    switch("paper", root)
    assert yaml.safe_load(path.read_text())["leaderboard"]["rows"] == 9


def test_every_size_is_settings(root: Path) -> None:
    for size in ("paper", "release", "default"):
        switch(size, root)
        Params(yaml.safe_load((root / "params.yaml").read_text())).check()


def test_the_default_names_every_key_and_is_what_stands_there(root: Path) -> None:
    files = {path.stem: yaml.safe_load(path.read_text()) for path in (root / "params").iterdir()}
    named = keys(files["default"]).keys()
    assert all(keys(content).keys() <= named for content in files.values())
    assert switch("default", root) == ["params.yaml is at the size default already."]


def test_nothing_is_left_of_the_size_before(root: Path) -> None:
    switch("paper", root)
    paper = (root / "params.yaml").read_bytes()
    switch("release", root)
    switch("paper", root)
    assert (root / "params.yaml").read_bytes() == paper


def test_a_size_that_does_not_exist(root: Path) -> None:
    with pytest.raises(InputError, match="Did you mean 'paper'"):
        switch("papr", root)


def test_a_key_that_the_file_lost(root: Path) -> None:
    path = root / "params.yaml"
    path.write_text(path.read_text().replace("  count:", "  #"))
    with pytest.raises(InputError, match=r"no key ingest\.count"):
        switch("paper", root)


def test_a_size_that_is_no_yaml(root: Path) -> None:
    (root / "params" / "broken.yaml").write_text("a: [")
    with pytest.raises(InputError, match=r"broken\.yaml cannot be read as YAML"):
        switch("broken", root)

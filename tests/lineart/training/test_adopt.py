"""Published weights become a run folder that every reader of run folders understands."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from lineart.errors import InputError
from lineart.inference.network import load_extractor
from lineart.metrics.pixels.validation import picture_and_line
from lineart.models import create_model
from lineart.models.registry import NETWORKS, PUBLISHED
from lineart.sets.shards import Shards, data_digest
from lineart.settings import settings_from
from lineart.training.adopt import AdoptSettings, adopt


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A TEED of no training, as its authors wrap theirs."""
    torch.manual_seed(0)
    path = tmp_path / "7_model.pth"
    torch.save({"epoch": 7, "state_dict": create_model("teed").state_dict()}, path)
    return path


def test_a_checkpoint_becomes_a_row(checkpoint: Path, tiny_set: Path, tmp_path: Path) -> None:
    out = tmp_path / "models" / "teed-published"
    summary = adopt("teed", AdoptSettings(str(checkpoint)), 4, tiny_set, out, {"commit": "abc"})
    assert summary == json.loads((out / "summary.json").read_text())
    assert summary["model"] == "teed-published"
    assert summary["kind"] == "published"
    assert summary["parameters"] == 58_910
    assert summary["weights"] == "7_model.pth"
    assert summary["weights_sha256"] == hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    assert summary["data"] == data_digest(tiny_set)
    assert not {"epochs", "steps", "seconds"} & summary.keys()
    assert not (out / "history.csv").exists()
    settings = json.loads((out / "settings.json").read_text())
    assert settings["arguments"] == {"output": "published"}
    assert settings["commit"] == "abc"


def test_the_row_answers_by_the_authors_recipe(
    checkpoint: Path, tiny_set: Path, tmp_path: Path
) -> None:
    """TEED's authors stretch each picture; its plain answer never falls below 0.4378."""
    adopt("teed", AdoptSettings(str(checkpoint)), 2, tiny_set, tmp_path / "run")
    render, _ = picture_and_line(Shards(tiny_set, "val"), 0)
    planes = torch.from_numpy(np.moveaxis(render, 2, 0).copy())[None]
    answers = {}
    for output in ("published", "sigmoid"):
        model = create_model("teed", output=output).eval()
        model.load_state_dict(torch.load(checkpoint, weights_only=True)["state_dict"])
        with torch.inference_mode():
            answers[output] = model.ink(planes)[0, 0].numpy()
    found = load_extractor(tmp_path / "run")(render)
    assert np.abs(found - answers["published"]).max() < 0.02  # bfloat16, where that is fast
    assert answers["sigmoid"].min() > 0.43
    assert found.min() < 0.3


def test_an_entry_may_have_another_name_than_its_network(
    checkpoint: Path, tiny_set: Path, tmp_path: Path
) -> None:
    settings = AdoptSettings(str(checkpoint), model="teed")
    summary = adopt("teed-biped", settings, 2, tiny_set, tmp_path / "run")
    assert summary["model"] == "teed-biped-published"
    assert json.loads((tmp_path / "run" / "settings.json").read_text())["model"] == "teed"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"weights": "w", "model": "clearnet"}, "no network with published weights 'clearnet'"),
        ({"weights": "w", "model": "teet"}, "Did you mean 'teed'"),
        ({"weights": ""}, "it must be the path of a checkpoint"),
        ({"model": "teed"}, "The setting published.x.weights is missing"),
        ({"weights": "w", "wieghts": 1}, "Did you mean 'published.x.weights'"),
    ],
)
def test_a_wrong_entry_is_named(values: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        settings_from(AdoptSettings, values, "published.x")
    assert message in str(caught.value)


def test_a_wrong_file_is_named(checkpoint: Path, tiny_set: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    missing = AdoptSettings(str(tmp_path / "none.pth"))
    with pytest.raises(
        InputError, match=r"The checkpoint .*none\.pth is not there; write the path"
    ):
        adopt("teed", missing, 2, tiny_set, out)
    with pytest.raises(InputError, match="is a folder; write the path of the downloaded file"):
        adopt("teed", AdoptSettings(str(tmp_path)), 2, tiny_set, out)
    with pytest.raises(InputError, match="does not fit this PiDiNet: missing: "):
        adopt("pidinet", AdoptSettings(str(checkpoint)), 2, tiny_set, out)
    text = tmp_path / "page.html"
    text.write_text("<html>not found</html>")
    with pytest.raises(InputError, match="cannot be read as weights"):
        adopt("teed", AdoptSettings(str(text)), 2, tiny_set, out)
    with pytest.raises(InputError, match="no network with published weights 'mine'"):
        adopt("mine", AdoptSettings(str(checkpoint)), 2, tiny_set, out)
    assert not out.exists()


def test_the_networks_of_others_can_be_adopted() -> None:
    for name in PUBLISHED:
        create_model(name, output="published")
    for name in set(NETWORKS) - set(PUBLISHED):
        with pytest.raises(InputError, match="output"):
            create_model(name, output="published")

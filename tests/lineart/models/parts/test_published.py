"""Checkpoints of others: both namings, every wrapping, and what is said of a file that does not fit."""

import pickle

import pytest
import torch
from safetensors.torch import save_file

from lineart.errors import InputError
from lineart.models import PublishedModel, create_model, load_published
from lineart.models.parts.published import OWN, min_max, resize

SMALL = {"teed": {}, "pidinet": {"preset": "tiny-l"}, "u2netp": {}}


def with_their_names(model: PublishedModel) -> dict[str, torch.Tensor]:
    prefixes = model.published_prefixes()
    state = {name: value for name, value in model.state_dict().items() if name not in OWN}
    return {
        f"{prefixes[name.rpartition('.')[0]]}.{name.rpartition('.')[2]}": value.clone()
        for name, value in state.items()
    }


def build(name: str, seed: int) -> PublishedModel:
    torch.manual_seed(seed)
    return create_model(name, **SMALL[name]).eval()


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("form", ["bare", "module", "wrapped", "safetensors", "ours"])
def test_loads(name, form, tmp_path):
    source, target = build(name, 1), build(name, 2)
    weights = with_their_names(source)
    path = tmp_path / ("weights.safetensors" if form in ("safetensors", "ours") else "weights.pth")
    if form == "bare":
        torch.save(weights, path)
    elif form == "module":
        torch.save({f"module.{key}": value for key, value in weights.items()}, path)
    elif form == "wrapped":
        weights = {f"module.{key}": value for key, value in weights.items()}
        torch.save({"epoch": 19, "state_dict": weights, "optimizer": {"state": {}}}, path)
    else:
        save_file(weights if form == "safetensors" else source.state_dict(), path)
    load_published(target, path)
    pictures = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(source(pictures)[-1], target(pictures)[-1])


def test_our_own_mean_and_temperature_travel_with_our_files(tmp_path):
    source, target = build("teed", 1), build("teed", 2)
    source.tau.fill_(0.8)
    save_file(source.state_dict(), tmp_path / "weights.safetensors")
    load_published(target, tmp_path / "weights.safetensors")
    assert target.tau == pytest.approx(0.8)


def test_counters_of_batches_may_be_missing(tmp_path):
    source = build("u2netp", 1)
    weights = with_their_names(source)
    old = {key: value for key, value in weights.items() if "num_batches_tracked" not in key}
    assert len(weights) == 798
    assert len(old) == 798 - 112
    torch.save(old, tmp_path / "weights.pth")
    load_published(build("u2netp", 2), tmp_path / "weights.pth")


def refusal(model: PublishedModel, path) -> str:
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(InputError) as caught:
        load_published(model, path)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_another_networks_file_is_answered_with_what_differs(tmp_path):
    torch.save(with_their_names(build("teed", 1)), tmp_path / "weights.pth")
    message = refusal(build("pidinet", 2), tmp_path / "weights.pth")
    assert "does not fit this PiDiNet" in message
    assert "missing: enter.weight, stages.0.0.depthwise.weight" in message
    assert "and 44 more" in message  # of the 47 three are named
    assert "unexpected: block_1.conv1.weight" in message
    assert "and 33 more" in message


def test_another_presets_file_is_answered_with_shapes(tmp_path):
    torch.save(with_their_names(create_model("pidinet", preset="small-l")), tmp_path / "w.pth")
    message = refusal(build("pidinet", 2), tmp_path / "w.pth")
    assert "of another shape: enter.weight (30, 3, 3, 3) instead of (20, 3, 3, 3)" in message
    assert "missing" not in message
    assert "unexpected" not in message


def test_no_file(tmp_path):
    assert "There is no checkpoint" in refusal(build("teed", 1), tmp_path / "none.pth")
    assert "There is no checkpoint" in refusal(build("teed", 1), tmp_path / "none.safetensors")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_that_is_none(suffix, tmp_path):
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(b"<html>404</html>" * 20)
    assert "cannot be read as weights" in refusal(build("teed", 1), path)


class Planted:
    """What a pickle must not be able to do: call something when it is read."""

    def __reduce__(self):
        return (pytest.fail, ("the pickle was run",))


def test_code_in_a_checkpoint_is_not_run(tmp_path):
    path = tmp_path / "weights.pth"
    torch.save({"state_dict": Planted()}, path)
    assert "cannot be read as weights" in refusal(build("teed", 1), path)
    path.write_bytes(pickle.dumps(Planted()))
    assert "cannot be read as weights" in refusal(build("teed", 1), path)


def test_a_file_without_weights(tmp_path):
    torch.save({"epoch": 3, "loss": 0.1}, tmp_path / "weights.pth")
    assert "holds no weights but epoch, loss" in refusal(build("teed", 1), tmp_path / "weights.pth")


def test_min_max_by_picture():
    ink = torch.tensor([[0.4, 0.5, 0.6], [0.7, 0.7, 0.7]]).view(2, 1, 1, 3)
    wanted = torch.tensor([[0.0, 0.5, 1.0], [0.0, 0.0, 0.0]])
    torch.testing.assert_close(min_max(ink).view(2, 3), wanted, rtol=0, atol=1e-6)


def test_resize_leaves_a_fitting_picture_alone():
    picture = torch.rand(1, 3, 4, 5)
    assert resize(picture, (4, 5)) is picture
    # two pixels to four, bilinear with pixel centres: 0, 1/4, 3/4, 1
    row = resize(torch.tensor([0.0, 1.0]).view(1, 1, 1, 2), (1, 4)).flatten()
    assert row.tolist() == [0, 0.25, 0.75, 1]

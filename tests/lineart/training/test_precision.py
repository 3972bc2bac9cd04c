"""A step that is wrong in reduced precision is done again in float32; one wrong in both is the end."""

import dataclasses
import json
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from lineart.arithmetic.layers import kinds_of
from lineart.arithmetic.processor import processor_name
from lineart.errors import InputError
from lineart.inference.network import load_extractor
from lineart.models import create_model
from lineart.training import learner
from lineart.training.loop import CHECKPOINT
from lineart.training.settings import TrainSettings
from lineart.training.train import train

QUICK = TrainSettings(
    preset="tiny",
    epochs=2,
    crop=32,
    batch=4,
    warmup=2,
    precision="bfloat16",
    epoch_pictures=2,
    validate_pictures=4,
)
FLOAT32 = dataclasses.replace(QUICK, precision="float32")
FAULTY = "enlarge.0"  # a transposed convolution


@pytest.fixture
def plant(monkeypatch):
    """Give a layer of the network that is trained a fault, from a call of it on."""
    monkeypatch.setattr(learner, "layers_off", lambda *_: {})

    def planted(where: str, since: int = 0, always: bool = False) -> None:
        def create(name, **arguments):
            network = create_model(name, **arguments)
            calls = iter(range(10**6))

            def spoil(module, given, answer):
                if not module.training or next(calls) < since:
                    return None
                if not (always or torch.is_autocast_enabled("cpu")):
                    return None
                if where == "answer":
                    return answer * float("nan")
                if answer.requires_grad:
                    answer.register_hook(lambda gradient: gradient * float("nan"))
                return None

            network.get_submodule(FAULTY).register_forward_hook(spoil)
            return network

        monkeypatch.setattr(learner, "create_model", create)

    return planted


def weights(out: Path) -> dict[str, torch.Tensor]:
    return load_file(out / "model.safetensors")


def difference(one: Path, other: Path) -> float:
    ours, theirs = weights(one), weights(other)
    return max((ours[key] - theirs[key]).abs().max().item() for key in ours)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("gradient", rf"the gradient of {FAULTY}.bias and of \d+ more weights is not finite"),
        ("answer", rf"the loss is nan \(from {FAULTY} on\)"),
    ],
)
def test_a_fault_of_bfloat16_alone_costs_one_step(plant, tiny_set, tmp_path, where, said):
    """It is there from the first step on, so what comes out is what float32 makes, statistics included."""
    train("clearnet", FLOAT32, tiny_set, tmp_path / "wanted", tmp_path / "work")
    plant(where)
    notes: list[str] = []
    summary = train(
        *("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work"), on_note=notes.append
    )
    assert difference(tmp_path / "out", tmp_path / "wanted") <= 1e-6
    (note,) = notes
    assert re.match("clearnet: all layers run in float32 from step 0 on, for there " + said, note)
    assert processor_name() in note
    assert summary["precision"] == "float32"
    assert summary["in_float32"] == [note.removeprefix("clearnet: ").removesuffix(".")]


@pytest.mark.parametrize("since", [0, 5])
def test_the_run_folder_says_since_when_and_a_reader_obeys(
    monkeypatch, plant, tiny_set, tmp_path, since
):
    monkeypatch.setattr("lineart.inference.network.fast_bfloat16", lambda device: True)
    plant("gradient", since=since)
    train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work")
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert (summary["precision"], summary["precision_since"]) == ("float32", since)
    assert load_extractor(tmp_path / "out").bfloat16 is False


def test_what_changed_its_precision_goes_on_exactly(plant, tiny_set, tmp_path):
    plant("gradient", since=5)
    train("clearnet", QUICK, tiny_set, tmp_path / "whole", tmp_path / "work")

    def stop(row):
        if row["epoch"] == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train("clearnet", QUICK, tiny_set, tmp_path / "parts", tmp_path / "work", stop)
    plant("gradient", since=10**6)  # the fault is not there any more: it was learned of
    notes: list[str] = []
    summary = train(
        *("clearnet", QUICK, tiny_set, tmp_path / "parts", tmp_path / "work"), on_note=notes.append
    )
    assert difference(tmp_path / "whole", tmp_path / "parts") <= 1e-6
    assert (summary["precision"], summary["precision_since"]) == ("float32", 5)
    assert len(notes) == 1


@pytest.mark.parametrize("settings", [QUICK, FLOAT32])
def test_what_is_wrong_in_both_ends_with_the_weights_of_before(plant, tiny_set, tmp_path, settings):
    plant("gradient", always=True)
    with pytest.raises(
        InputError, match=r"In step 0 of clearnet the gradient of .* in float32 \(pictures train\d"
    ) as refused:
        train("clearnet", settings, tiny_set, tmp_path / "out", tmp_path / "work")
    (checkpoint,) = (tmp_path / "work").glob(f"*/{CHECKPOINT}")
    assert str(checkpoint) in str(refused.value)
    torch.manual_seed(settings.seed)
    wanted = create_model("clearnet", preset="tiny").state_dict()
    kept = torch.load(checkpoint, weights_only=True)["model"]
    wanted["tau"].fill_(1.2)  # of the first epoch
    assert all(torch.equal(kept[key], wanted[key]) for key in wanted)


def all_off(model, device):
    return {kind: f"{name} is off" for kind, name in kinds_of(model).items()}


def begin(tiny_set, tmp_path):
    """Train for one of two epochs."""

    def stop(row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work", stop)


def test_what_goes_on_where_another_precision_is_chosen_says_so(
    monkeypatch, plant, tiny_set, tmp_path
):
    begin(tiny_set, tmp_path)
    monkeypatch.setattr(learner, "chosen", lambda settings: "float32")
    summary = train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work")
    since = summary["steps"] // 2
    assert (summary["precision"], summary["precision_since"]) == ("float32", since)
    (sentence,) = summary["in_float32"]
    assert sentence.startswith(f"all layers run in float32 from step {since} on, ")


def test_what_goes_on_where_layers_are_off_says_so(monkeypatch, plant, tiny_set, tmp_path):
    begin(tiny_set, tmp_path)
    monkeypatch.setattr(learner, "layers_off", all_off)
    summary = train("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work")
    assert summary["precision"] == "bfloat16"
    assert "encoders.0.enter.0 is off" in summary["in_float32"]


def test_what_is_compiled_knows_no_exceptions_and_says_so(monkeypatch, tiny_set, tmp_path):
    monkeypatch.setattr(learner, "layers_off", all_off)
    monkeypatch.setattr(torch, "compile", lambda model: model)
    compiled = dataclasses.replace(QUICK, compile=True)
    summary = train("clearnet", compiled, tiny_set, tmp_path / "out", tmp_path / "work")
    assert (summary["precision"], summary["precision_since"]) == ("float32", 0)
    assert summary["in_float32"][0].startswith("all layers run in float32, ")


def test_layers_that_are_off_are_said_and_kept(monkeypatch, tiny_set, tmp_path):
    """With every kind in float32 bfloat16 only rounds the pictures and what the layers answer."""
    monkeypatch.setattr(learner, "layers_off", all_off)
    notes: list[str] = []
    summary = train(
        *("clearnet", QUICK, tiny_set, tmp_path / "out", tmp_path / "work"), on_note=notes.append
    )
    assert (summary["precision"], summary["precision_since"]) == ("bfloat16", 0)
    assert len(summary["in_float32"]) > 5
    assert notes == [f"clearnet: {sentence}." for sentence in summary["in_float32"]]

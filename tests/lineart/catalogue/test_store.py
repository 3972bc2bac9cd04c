"""Models are found by name and by path, and their cards say what lies there."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from lineart.catalogue import listing
from lineart.catalogue.cards import parameters_in
from lineart.catalogue.store import SHIPPED, find_model, list_models
from lineart.errors import InputError
from lineart.models import MODELS, create_model, parameter_count
from lineart.runs import WEIGHTS, load_network, save_weights, write_json


def make_run(folder: Path, name: str, half: bool = False, **arguments: object) -> Path:
    torch.manual_seed(0)
    weights = create_model(name, **arguments).state_dict()
    if half:
        weights = {
            key: value.half() if value.is_floating_point() else value
            for key, value in weights.items()
        }
    write_json(folder / "settings.json", {"model": name, "kind": "network", "arguments": arguments})
    save_weights(folder / WEIGHTS, weights)
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """One network, one that is damaged, one tuned method, and one whose name is taken."""
    folder = tmp_path / "models"
    make_run(folder / "mine", "teed")
    make_run(folder / "clearnet", "teed")
    write_json(folder / "broken/settings.json", {"model": "teed"})
    write_json(
        folder / "darker/settings.json",
        {"model": "dark_threshold", "kind": "classical", "arguments": {"below": 0.5}},
    )
    return folder


def test_what_ships_is_found_by_name():
    card = find_model("clearnet")
    assert (card.name, card.kind, card.path) == ("clearnet", "network", SHIPPED / "clearnet")
    assert card.weights == SHIPPED / "clearnet" / WEIGHTS
    assert card.parameters == parameter_count(load_network(card.path))
    assert 0 < card.bytes <= card.weights.stat().st_size
    assert card.licence
    assert card.source


def test_what_was_trained_here_is_found_by_name_and_by_path(models):
    card = find_model("mine", models)
    assert card.path == models / "mine"
    assert card.parameters == 58_910
    by_path = find_model(models / "mine")
    by_file = find_model(str(models / "mine" / WEIGHTS))
    assert by_path == dataclasses.replace(card, name=str(models / "mine"))
    assert by_file == dataclasses.replace(card, name=str(models / "mine" / WEIGHTS))
    assert find_model("clearnet", models).path == SHIPPED / "clearnet"
    assert find_model("darker", models).kind == "classical"


def test_other_weights_are_not_those_that_were_exported(models):
    (models / "mine/model.onnx").write_bytes(b"made of model.safetensors")
    (models / "mine/other.safetensors").write_bytes((models / "mine" / WEIGHTS).read_bytes())
    assert find_model("mine", models).onnx == models / "mine/model.onnx"
    card = find_model(models / "mine/other.safetensors")
    assert (card.weights, card.onnx) == (models / "mine/other.safetensors", None)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("clearnt", "There is no model 'clearnt'. Did you mean 'clearnet'? Known: "),
        ("", "There is no model ''"),
        ("..", "There is no model '..'"),
        ("no/such", "wanted is a name, a run folder with settings.json"),
        ("none.onnx", "There is no file none.onnx"),
        (Path("clearnet"), "There is no model clearnet; wanted is a name, a run folder"),
    ],
)
def test_a_wrong_name_is_answered_in_a_sentence(name, sentence, models, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        find_model(name, models)
    assert sentence in str(caught.value)


def test_damage_is_told_by_path_and_left_out_of_the_list(models):
    with pytest.raises(InputError, match="describes no model"):
        find_model(models / "broken")
    (models / "mine" / WEIGHTS).write_bytes(b"\xff" * 100)
    with pytest.raises(InputError, match="holds no weights"):
        find_model(models / "mine")
    (models / "mine" / WEIGHTS).unlink()
    with pytest.raises(InputError, match=r"holds neither model.safetensors nor model.onnx"):
        find_model(models / "mine")
    assert [card.path for card in list_models(models) if card.path is not None][1:] == [
        models / "clearnet",
        models / "darker",
    ]


def test_every_model_of_the_list_is_found_by_its_name(models):
    cards = list_models(models)
    names = [card.name for card in cards]
    assert names[:4] == ["clearnet", str(models / "clearnet"), "darker", "mine"]
    assert [find_model(name, models) for name in names] == cards


def test_a_card_takes_what_it_finds(models):
    run = models / "mine"
    assert find_model(run).scores == {}
    write_json(run / "summary.json", {"parameters": 7, "validation": {"mae": 0.5}, "data": "abc"})
    card = find_model(run)
    assert (card.parameters, card.scores, card.trained_on) == (
        7,
        {"validation": {"mae": 0.5}},
        "abc",
    )
    assert card.source == "teed, trained here"
    about = {
        "license": "CC0",
        "trained_on": "doodles",
        "scores": {"test": {"f": 0.9, "note": "good"}, "none": {}, "odd": 3},
    }
    write_json(run / "card.json", about)
    card = find_model(run)
    assert (card.licence, card.trained_on, card.scores) == ("CC0", "doodles", {"test": {"f": 0.9}})


@pytest.mark.parametrize("name", sorted({*MODELS} - {"dexined"}))  # which is large
def test_parameters_are_counted_without_torch(name, tmp_path):
    run = make_run(tmp_path, name)
    assert parameters_in(run / WEIGHTS) == parameter_count(create_model(name))


def test_weights_kept_in_float16_are_computed_in_float32(tmp_path):
    whole = load_network(make_run(tmp_path / "whole", "teed"))
    half = load_network(make_run(tmp_path / "half", "teed", half=True))
    for name, value in half.state_dict().items():
        wanted = whole.state_dict()[name]
        assert value.dtype == wanted.dtype
        torch.testing.assert_close(value, wanted, rtol=1e-3, atol=1e-4)


def test_what_an_onnx_file_says_of_itself(tmp_path):
    onnx, helper = pytest.importorskip("onnx"), pytest.importorskip("onnx.helper")
    picture = helper.make_tensor_value_info("picture", 1, [1, 3, "h", "w"])
    ink = helper.make_tensor_value_info("ink", 1, [1, 1, "h", "w"])
    mean = helper.make_node("ReduceMean", ["picture"], ["ink"], axes=[1])
    model = helper.make_model(
        helper.make_graph([mean], "grey", [picture], [ink]),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    helper.set_model_props(
        model, {"parameters": "3", "licence": "MIT", "scores": json.dumps({"test": {"mae": 0.25}})}
    )
    onnx.save(model, tmp_path / "grey.onnx")
    card = find_model(tmp_path / "grey.onnx")
    assert (card.parameters, card.licence, card.scores) == (3, "MIT", {"test": {"mae": 0.25}})
    assert card.bytes == (tmp_path / "grey.onnx").stat().st_size
    assert card.weights is None


def test_the_listing_names_every_model(models, capsys):
    listing.main(["--models", str(models)])
    shown = capsys.readouterr().out
    for title in ("model", "parameters", "size", "licence", "source", "scores", "use"):
        assert title in shown.splitlines()[0]
    for card in list_models(models):
        assert card.name in shown
    assert "58,910" in shown


def test_the_listing_tells_all_about_one(models, capsys):
    write_json(
        models / "mine/card.json",
        {"scores": {"test": dict.fromkeys("abcde", 0.5)}, "license": "[x]"},
    )
    listing.main(["mine", "--models", str(models)])
    shown = capsys.readouterr().out
    assert "a 0.5, b 0.5, c 0.5, d 0.5, e 0.5" in shown
    assert "[x]" in shown  # is text, no markup
    with pytest.raises(InputError, match="Did you mean 'mine'"):
        listing.main(["mime", "--models", str(models)])


def test_a_card_keeps_no_number_that_is_none(models):
    write_json(models / "mine/card.json", {"parameters": "many", "scores": [1, 2]})
    card = find_model(models / "mine")
    assert (card.parameters, card.scores) == (58_910, {})
    assert np.isfinite(card.bytes)

"""What every network promises, asked of each: parameter counts, logits at any size, the fused one last."""

import pytest
import torch

from lineart.errors import InputError
from lineart.models import MODELS, LineModel, create_model, parameter_count

COUNTS = [
    ("clearnet", {"preset": "paper"}, 5_948_114),
    ("clearnet", {"preset": "light"}, 944_690),
    ("clearnet", {"preset": "tiny"}, 129_542),
    ("u2netp", {}, 1_131_181),
    ("u2netp", {"preset": "full"}, 44_009_869),
    ("teed", {}, 58_910),
    ("teed", {"last_smish": False}, 58_910),
    ("pidinet", {}, 710_149),
    ("pidinet", {"differences": "none"}, 710_149),
    ("pidinet", {"converted": True}, 720_709),
    ("pidinet", {"preset": "standard-l"}, 611_289),
    ("pidinet", {"preset": "small"}, 183_763),
    ("pidinet", {"preset": "small-l"}, 158_949),
    ("pidinet", {"preset": "tiny"}, 84_477),
    ("pidinet", {"preset": "tiny-l"}, 73_369),
    ("dexined", {}, 35_215_245),
]
# Small ones where there are some, with the number of their outputs.
NETWORKS = {
    "clearnet": ({"preset": "tiny"}, 1),
    "u2netp": ({}, 7),
    "teed": ({}, 4),
    "pidinet": ({"preset": "tiny"}, 5),
    "dexined": ({}, 7),
}


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest) -> tuple[LineModel, int]:
    arguments, outputs = NETWORKS[request.param]
    torch.manual_seed(0)
    return create_model(request.param, **arguments).eval(), outputs


def test_every_model_is_asked():
    assert set(NETWORKS) == set(MODELS)
    assert {name for name, _, _ in COUNTS} == set(MODELS)


@pytest.mark.parametrize(("name", "arguments", "count"), COUNTS)
def test_parameters(name, arguments, count):
    with torch.device("meta"):  # shapes without numbers
        assert parameter_count(create_model(name, **arguments)) == count


@pytest.mark.parametrize("size", [(64, 96), (33, 47), (3, 70)])
@torch.no_grad()
def test_logits_have_the_size_of_the_picture(network, size):
    model, count = network
    outputs = model(torch.rand(2, 3, *size))
    assert isinstance(outputs, list)
    assert [tuple(logits.shape) for logits in outputs] == count * [(2, 1, *size)]
    assert all(torch.isfinite(logits).all() for logits in outputs)


@torch.no_grad()
def test_ink_is_the_sigmoid_of_the_last(network):
    model, _ = network
    pictures = torch.rand(1, 3, 37, 41)
    torch.testing.assert_close(model.ink(pictures), torch.sigmoid(model(pictures)[-1]))
    assert model.tau == 1


@torch.no_grad()
def test_outputs_are_logits_not_probabilities(network):
    model, count = network
    if count > 1:  # the sides; CLEAR-Net has none
        values = torch.stack(model(torch.rand(1, 3, 64, 64))[:-1])
        assert values.min() < 0 or values.max() > 1


def test_every_parameter_but_the_known_idle_ones_learns(network):
    model, _ = network
    model.train()
    torch.stack([logits.mean() for logits in model(torch.rand(2, 3, 64, 64))]).sum().backward()
    idle = {name for name, p in model.named_parameters() if p.grad is None}
    model.eval()
    assert {name.split(".")[1] for name in idle} <= {"side_5", "block_cat"}, idle


@pytest.mark.parametrize("name", ["u2netp", "teed", "pidinet", "dexined"])
def test_unknown_output(name):
    with pytest.raises(InputError, match=r"no output 'publshed'. Did you mean 'published'"):
        create_model(name, output="publshed")


@pytest.mark.parametrize("name", ["u2netp", "pidinet"])
def test_unknown_preset(name):
    with pytest.raises(InputError, match=r"no preset of .* 'smal'. Did you mean 'small'"):
        create_model(name, preset="smal")

"""A prepared network answers as the one it was made from, which stays as it was."""

import copy

import pytest
import torch
from torch import nn

from lineart.inference.network import NetworkExtractor
from lineart.models import MODELS, LineModel, create_model
from lineart.models.parts.prepare import prepared
from lineart.models.pidinet import DifferenceConv

ARGUMENTS = {
    "clearnet": [
        {"preset": "tiny"},
        {"preset": "tiny", "factor": 2, "deep_supervision": True},
        {"preset": "tiny", "se_after_concat": True, "deep_supervision": True},
        {"preset": "tiny", "side_aggregation": False, "inner_upsampling": "resize"},
    ],
    "u2netp": [{}],
    "teed": [{}, {"last_smish": False}],
    "pidinet": [{"preset": "tiny"}, {"preset": "tiny-l", "converted": True}],
    "dexined": [{}],
}
CASES = [(name, arguments) for name in MODELS for arguments in ARGUMENTS[name]]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join([case[0], *case[1]]))
def network(request: pytest.FixtureRequest) -> LineModel:
    """In training mode, with weights, statistics and temperature that no one starts with."""
    torch.manual_seed(0)
    name, arguments = request.param
    model = create_model(name, **arguments)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
    with torch.no_grad():
        for _ in range(2):
            model(torch.rand(2, 3, 64, 64))
    model.tau.fill_(0.8)
    return model


@torch.no_grad()
def test_same_answers(network):
    ready, plain = prepared(network), copy.deepcopy(network).eval()
    for size in ((64, 96), (45, 70)):
        pictures = torch.rand(2, 3, *size)
        wanted = plain.ink(pictures)
        assert wanted.std() > 1e-4  # a picture, not a constant that anything would match
        torch.testing.assert_close(ready.ink(pictures), wanted, rtol=0, atol=1e-5)


def test_nothing_is_left_to_fold(network):
    left = [name for name, m in prepared(network).named_modules() if _foldable(m)]
    assert set(left) <= {"network.block_cat.bn"}  # which kornia never uses


def _foldable(module: nn.Module) -> bool:
    return isinstance(module, nn.BatchNorm2d | DifferenceConv)


def test_the_network_is_left_alone(network):
    before = copy.deepcopy(network)
    extract = NetworkExtractor(network, "cpu")
    extract(torch.rand(64, 64, 3).numpy())
    assert network.training
    assert repr(network) == repr(before)
    weights = before.state_dict()
    for name, value in network.state_dict().items():
        assert torch.equal(value, weights[name]), name
        assert value.stride() == weights[name].stride(), name  # laid out as it was
    assert all(parameter.requires_grad for parameter in network.parameters())


@torch.no_grad()
def test_bfloat16_weights_answer_as_autocast_does(network):
    pictures = torch.rand(1, 3, 64, 64)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        wanted = prepared(network).ink(pictures)
        found = prepared(network, bfloat16=True).ink(pictures)
    torch.testing.assert_close(found, wanted, rtol=0, atol=2e-3)

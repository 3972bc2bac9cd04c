"""The kinds of layers of a network, those included that no module stands for."""

import torch
import torch.nn.functional as F
from torch import nn

from lineart.arithmetic.layers import kinds_of
from lineart.models import MODELS, create_model


class Made(nn.Module):
    """A kernel made while it runs, as pixel-difference convolutions are."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 1, 3, 3))

    def forward(self, x):
        return F.conv2d(x, weight=self.weight - 1, stride=(1, 1), padding=(1, 2), groups=4)


def test_each_kind_is_found_once_with_the_first_layer_of_it():
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.Conv2d(4, 4, 3, padding=5, dilation=5, bias=False),
        nn.Sequential(nn.Conv2d(4, 4, 3, padding=5, dilation=5, bias=False), Made()),
        nn.BatchNorm2d(4),
        nn.ConvTranspose2d(4, 2, 4, stride=2, padding=1),
        nn.Linear(68, 5),
    )
    before = {name: value.clone() for name, value in network.state_dict().items()}
    assert {str(kind): name for kind, name in kinds_of(network).items()} == {
        "conv2d 4x3x3x3 bias stride 2 padding 1": "0",
        "conv2d 4x4x3x3 padding 5 dilation 5": "1",
        "conv2d 4x1x3x3 padding 1x2 groups 4": "2.1",
        "conv_transpose2d 4x2x4x4 bias stride 2 padding 1": "4",
        "linear 5x68 bias": "5",
    }
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert not any(module._forward_hooks for module in network.modules())


def test_every_network_of_the_project_can_be_looked_through():
    for name in MODELS:
        kinds = {str(kind) for kind in kinds_of(create_model(name))}
        assert len(kinds) > 5
        if name == "pidinet":
            assert "conv2d 24x24x3x3 padding 9 dilation 9" in kinds
            assert "conv2d 60x1x5x5 padding 2 groups 60" in kinds  # radial differences

"""Multiply-adds, against convolutions counted by hand."""

import torch
from torch import nn

from lineart.models import MODELS, create_model
from lineart.models.parts.cost import multiply_adds

SMALL = {"clearnet": {"preset": "tiny"}, "pidinet": {"preset": "tiny"}}


def test_convolutions_counted_by_hand():
    dense = nn.Conv2d(3, 8, 3, padding=1)
    depthwise = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=8)
    wider = nn.ConvTranspose2d(8, 2, 4, stride=2, padding=1)
    assert multiply_adds(dense, 16) == 16 * 16 * 8 * 3 * 9
    both = nn.Sequential(dense, depthwise)
    assert multiply_adds(both, 16) == 16 * 16 * 8 * 3 * 9 + 8 * 8 * 8 * 9
    all_three = nn.Sequential(dense, nn.BatchNorm2d(8), nn.ReLU(), depthwise, wider)
    assert multiply_adds(all_three, 16) == multiply_adds(both, 16) + 8 * 8 * 8 * 2 * 16


def test_every_network_is_counted_and_left_alone():
    for name in MODELS:
        model = create_model(name, **SMALL.get(name, {}))
        before = {key: value.clone() for key, value in model.state_dict().items()}
        small, large = multiply_adds(model, 64), multiply_adds(model, 128)
        # By the pixel, but that DexiNed's convolutions enlarge their maps by a border.
        assert 3.5 * small < large < 4.01 * small, name
        assert model.training
        assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())

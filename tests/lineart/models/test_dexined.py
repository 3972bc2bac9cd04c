"""DexiNed: kornia's network under our contract."""

import pytest
import torch

from lineart.models import LineModel, create_model


@pytest.fixture(scope="module")
def model() -> LineModel:
    torch.manual_seed(0)
    return create_model("dexined").eval()


@torch.no_grad()
def test_it_is_kornias_on_bgr_without_the_mean(model):
    pictures = torch.rand(1, 3, 32, 48)
    mean = torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1)
    theirs = pictures[:, [2, 1, 0]] * 255 - mean
    outputs = model(pictures)
    torch.testing.assert_close(outputs[-1], model.network(theirs), rtol=0, atol=1e-4)
    for ours, side in zip(outputs, model.network.get_features(theirs), strict=False):
        torch.testing.assert_close(ours, side, rtol=0, atol=1e-4)


def test_published_names_are_kornias(model):
    prefixes = model.published_prefixes()
    assert all(ours == f"network.{theirs}" for ours, theirs in prefixes.items())
    assert prefixes["network.block_1.conv1"] == "block_1.conv1"


def test_published_size(model):
    assert model.published_input(torch.zeros(1, 3, 40, 300)).shape == (1, 3, 512, 512)

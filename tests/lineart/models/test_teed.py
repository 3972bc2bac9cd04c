"""TEED: its activation, its floor, its colours and the authors' reading."""

import pytest
import torch

from lineart.models.teed import TEED, DoubleFusion, smish


def test_smish_is_its_definition():
    x = torch.linspace(-12, 12, 97, dtype=torch.float64)
    wanted = x * torch.tanh(torch.log(1 + torch.sigmoid(x)))
    torch.testing.assert_close(smish(x), wanted, rtol=0, atol=1e-14)
    assert smish(torch.tensor(0.0)) == 0


def test_double_fusion_is_two_depthwise_convolutions():
    torch.manual_seed(1)
    fusion = DoubleFusion()
    for parameter in fusion.parameters():
        torch.nn.init.normal_(parameter)
    sides = torch.randn(2, 3, 9, 11)
    first = fusion.first(smish(sides))
    wanted = smish((first + fusion.second(smish(first))).sum(dim=1, keepdim=True))
    torch.testing.assert_close(fusion(sides), wanted, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_the_published_network_cannot_answer_paper():
    torch.manual_seed(0)
    pictures = torch.rand(1, 3, 64, 64)
    model = TEED().eval()
    for parameter in model.fuse.parameters():
        parameter.mul_(30)  # far from the start, so that the floor is reached
    assert model(pictures)[-1].min() == pytest.approx(-0.24999, abs=2e-4)
    assert model.ink(pictures).min() == pytest.approx(0.4378, abs=1e-4)
    open_model = TEED(last_smish=False).eval()
    open_model.load_state_dict(model.state_dict())
    assert open_model.ink(pictures).min() < 0.01


def test_blue_comes_first_and_the_mean_is_bipeds():
    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    wanted = torch.tensor([-103.939, -116.779, 255 - 123.68])
    torch.testing.assert_close(TEED().normalise(red).flatten(), wanted)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((512, 640), (512, 640)),  # fits as it is
        ((512, 642), (520, 648)),  # both grow, the one that fitted too
        ((100, 600), (152, 904)),  # 150 x 900 first
        ((64, 64), (96, 96)),
    ],
)
def test_published_sizes(size, wanted):
    assert TEED().published_input(torch.zeros(1, 3, *size)).shape[-2:] == wanted


@torch.no_grad()
def test_published_reading_stretches_each_picture():
    torch.manual_seed(0)
    model = TEED(output="published").eval()
    pictures = torch.stack([torch.rand(3, 512, 512), torch.full((3, 512, 512), 0.5)])
    ink = model.ink(pictures)  # of a size that is not resized
    assert ink.amin(dim=(1, 2, 3)).tolist() == [0, 0]
    assert ink.amax(dim=(1, 2, 3)).tolist() == pytest.approx([1, 1])
    assert model.ink(pictures[:1, :, :72, :88]).shape == (1, 1, 72, 88)

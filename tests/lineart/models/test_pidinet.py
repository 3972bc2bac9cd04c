"""PiDiNet: pixel differences by their definition, and their conversion to plain convolutions."""

import pytest
import torch
import torch.nn.functional as F

from lineart.errors import InputError
from lineart.models import create_model
from lineart.models.pidinet import DIFFERENCES, DifferenceConv, difference_kernel

# (pixel, pixel it is compared with) of each weight, as positions of a 5 x 5 neighbourhood in reading order.
CENTRE, RING = 12, (6, 7, 8, 11, 12, 13, 16, 17, 18)
PAIRS = {
    "cd": [(place, CENTRE) for place in RING],
    # each with its neighbour clockwise; the centre with itself
    "ad": [(6, 7), (7, 8), (8, 13), (11, 6), (12, 12), (13, 18), (16, 11), (17, 16), (18, 17)],
    # each of the outer ring's eight with the inner one on the same ray; the first weight has none
    "rd": [(12, 12), (0, 6), (2, 7), (4, 8), (10, 11), (14, 13), (20, 16), (22, 17), (24, 18)],
}


@pytest.mark.parametrize("kind", PAIRS)
def test_differences_by_definition(kind):
    torch.manual_seed(0)
    patch, conv = torch.randn(1, 1, 5, 5), DifferenceConv(1, 1, kind)
    x, w = patch.flatten(), conv.weight.flatten()
    wanted = sum(w[i] * (x[a] - x[b]) for i, (a, b) in enumerate(PAIRS[kind]))
    torch.testing.assert_close(conv(patch)[0, 0, 2, 2], wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", PAIRS)
def test_a_flat_picture_has_no_differences(kind):
    torch.manual_seed(0)
    inside = DifferenceConv(2, 4, kind, groups=2)(torch.full((1, 2, 9, 9), 0.7))[..., 2:-2, 2:-2]
    torch.testing.assert_close(inside, torch.zeros_like(inside), rtol=0, atol=1e-6)


def test_kernels_by_hand():
    weight = torch.arange(1.0, 10).view(1, 1, 3, 3)
    assert difference_kernel(weight, "cv") is weight
    assert difference_kernel(weight, "cd").flatten().tolist() == [1, 2, 3, 4, -40, 6, 7, 8, 9]
    assert difference_kernel(weight, "ad").flatten().tolist() == [-3, 1, 1, -3, 0, 3, -1, -1, 3]
    assert difference_kernel(weight, "rd").view(5, 5).tolist() == [
        [2, 0, 3, 0, 4],
        [0, -2, -3, -4, 0],
        [5, -5, 0, -6, 6],
        [0, -7, -8, -9, 0],
        [7, 0, 8, 0, 9],
    ]
    with pytest.raises(InputError, match="no pixel difference 'dd'"):
        difference_kernel(weight, "dd")


def test_the_arrangement_repeats_four():
    assert DIFFERENCES["carv4"][:5] == ("cd", "ad", "rd", "cv", "cd")
    assert [len(kinds) for kinds in DIFFERENCES.values()] == [16, 16]


@pytest.mark.parametrize("preset", ["tiny", "tiny-l"])
@torch.no_grad()
def test_converted_network_is_the_same(preset):
    torch.manual_seed(0)
    model = create_model("pidinet", preset=preset).eval()
    plain = model.convert()
    assert not any(isinstance(module, DifferenceConv) for module in plain.modules())
    assert not plain.training
    pictures = torch.rand(1, 3, 61, 83)
    for ours, theirs in zip(model(pictures), plain(pictures), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)
    # What the conversion stands for: the 5 x 5 kernel of the third convolution does what the third does.
    x = torch.rand(1, 20, 16, 16)
    third = model.stages[0][1].depthwise
    wide = plain.stages[0][1].depthwise.weight
    assert wide.shape[-2:] == (5, 5)
    torch.testing.assert_close(F.conv2d(x, wide, padding=2, groups=20), third(x))


def test_a_converted_network_is_built_from_its_arguments():
    plain = create_model("pidinet", preset="tiny").convert()
    create_model("pidinet", preset="tiny", converted=True).load_state_dict(plain.state_dict())


@torch.no_grad()
def test_published_reading_is_the_plain_one():
    torch.manual_seed(0)
    model = create_model("pidinet", preset="tiny-l").eval()
    pictures = torch.rand(1, 3, 31, 45)
    ink = model.ink(pictures)
    model.output = "published"
    assert torch.equal(model.ink(pictures), ink)

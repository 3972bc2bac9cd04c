"""CLEAR-Net: the counts of the paper, and the fast reading of its side aggregation against the plain one."""

import pytest
import torch
import torch.nn.functional as F

from lineart.errors import InputError
from lineart.models import create_model, parameter_count
from lineart.models.clearnet import CLEARNet
from lineart.models.parts.base import pad_to_multiple
from lineart.models.parts.sides import SideAggregation


@pytest.mark.parametrize(
    ("preset", "parameters"),
    [("paper", 5_948_114), ("light", 944_690), ("tiny", 129_542), ("swift", 929_177)],
)
def test_parameter_counts(preset, parameters):
    assert parameter_count(create_model("clearnet", preset=preset)) == parameters


def test_parts_of_the_paper_preset():
    model = CLEARNet()
    assert [parameter_count(part) for part in model.encoders] == [
        1_032_832,
        891_392,
        714_816,
        407_040,
    ]
    assert [parameter_count(part) for part in model.decoders] == [714_816, 891_392, 1_067_968]
    assert parameter_count(model.aggregate.excitation) == 2_320
    assert parameter_count(model.aggregate.local) == 2_817
    assert parameter_count(model.aggregate.across) == 769


@pytest.mark.parametrize("factor", [1, 2, 4])
@pytest.mark.parametrize("size", [(32, 32), (50, 70), (1, 33)])
def test_any_size_one_logit(size, factor):
    model = create_model("clearnet", preset="tiny", factor=factor).eval()
    outputs = model(torch.rand(2, 3, *size))
    assert [tuple(output.shape) for output in outputs] == [(2, 1, *size)]


def test_deep_supervision_puts_the_fused_logit_last():
    torch.manual_seed(0)
    model = CLEARNet(16, 8, deep_supervision=True).eval()
    picture = torch.rand(1, 3, 64, 64)
    outputs = model(picture)
    assert len(outputs) == 5
    assert torch.equal(model.ink(picture), torch.sigmoid(outputs[-1]))


def test_levels_of_a_factor_are_smaller_and_look_as_far():
    """Sides are half as large, and pooled to the same thirty-second of the picture."""
    whole, half = (CLEARNet(16, 8, factor=factor).eval() for factor in (1, 2))
    picture = torch.rand(1, 3, 64, 96)
    for factor, model in ((1, whole), (2, half)):
        sizes = [tuple(side.shape[2:]) for side in model.sides(picture)]
        assert sizes == [(64 // factor >> level, 96 // factor >> level) for level in range(4)]
        pools = [len(stage.enlarge) for stage in list(model.encoders)[:3]]
        assert [level + pool + factor - 1 for level, pool in enumerate(pools)] == [5, 5, 5]
    assert whole.stem is None
    assert whole.head is None


def test_a_pixel_of_the_picture_moves_its_own_pixel_of_the_answer():
    """What the levels cannot tell apart, four pixels in one of theirs, the head and the stem can."""
    torch.manual_seed(0)
    model = CLEARNet(16, 8, factor=2).eval()
    paper = torch.ones(1, 3, 64, 64)
    before = model(paper)[-1]
    for row, column in ((30, 30), (30, 31), (31, 30), (31, 31)):
        dotted = paper.clone()
        dotted[:, :, row, column] = 0
        moved = (model(dotted)[-1] - before)[0, 0].abs()
        near = moved[28:34, 28:34]
        assert near[row - 28, column - 28] > 0.2 * near.max()
        assert moved[:8].max() < near.max()


def test_deep_supervision_of_smaller_levels_is_at_full_size():
    outputs = CLEARNet(16, 8, factor=2, deep_supervision=True).eval()(torch.rand(1, 3, 50, 70))
    assert [tuple(output.shape) for output in outputs] == [(1, 1, 50, 70)] * 5


@pytest.mark.parametrize("outputs", [1, 4])
@pytest.mark.parametrize("after", [False, True])
def test_side_aggregation_equals_the_equations(after, outputs):
    """Enlarge, weigh, concatenate, two separable streams, as eq. 2 and 3 have it."""
    torch.manual_seed(0)
    part = SideAggregation(16, 4, after, outputs)
    sides = [torch.randn(2, 16, 64 // 2**level, 96 // 2**level) for level in range(4)]
    full = [F.interpolate(side, size=(64, 96), mode="bilinear") for side in sides]
    if after:
        joined = torch.cat(full, 1)
        joined = joined * part.excitation[0](joined.mean((2, 3)))[:, :, None, None]
    else:
        weighed = [
            side * excite(side.mean((2, 3)))[:, :, None, None]
            for side, excite in zip(full, part.excitation, strict=True)
        ]
        joined = torch.cat(weighed, 1)
    streams = [stream.pointwise(stream.depthwise(joined)) for stream in (part.local, part.across)]
    assert streams[0].shape[1] == outputs
    assert torch.allclose(part(sides), sum(streams), atol=1e-5)


def test_temperature_belongs_to_the_model():
    model = create_model("clearnet", preset="tiny").eval()
    picture = torch.rand(1, 3, 32, 32)
    model.tau.fill_(0.5)
    assert torch.allclose(model.ink(picture), torch.sigmoid(model(picture)[-1] * 2))
    assert "tau" in model.state_dict()


def test_padding_repeats_the_border():
    picture = torch.arange(6.0).view(1, 1, 2, 3)
    padded = pad_to_multiple(picture, 4)
    assert padded[0, 0].tolist() == [[0, 1, 2, 2], [3, 4, 5, 5], [3, 4, 5, 5], [3, 4, 5, 5]]
    assert pad_to_multiple(padded, 4) is padded


def test_wrong_names_are_answered_with_right_ones():
    with pytest.raises(InputError, match="Did you mean 'clearnet'"):
        create_model("clearnt")
    with pytest.raises(InputError, match="light, paper, swift, tiny"):
        create_model("clearnet", preset="huge")
    with pytest.raises(InputError, match="bilinear, resize, transposed"):
        CLEARNet(upsampling="nearest")

"""CLEAR-Net: the counts of the paper, and the fast reading of its side aggregation against the plain one."""

import pytest
import torch
import torch.nn.functional as F

from lineart.errors import InputError
from lineart.models import create_model, parameter_count
from lineart.models.clearnet import CLEARNet, SideAggregation
from lineart.models.parts.base import pad_to_multiple


@pytest.mark.parametrize(
    ("preset", "parameters"), [("paper", 5_948_114), ("light", 944_690), ("tiny", 129_542)]
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


@pytest.mark.parametrize("size", [(32, 32), (50, 70), (1, 33)])
def test_any_size_one_logit(size):
    model = create_model("clearnet", preset="tiny").eval()
    outputs = model(torch.rand(2, 3, *size))
    assert [tuple(output.shape) for output in outputs] == [(2, 1, *size)]


def test_deep_supervision_puts_the_fused_logit_last():
    torch.manual_seed(0)
    model = CLEARNet(16, 8, deep_supervision=True).eval()
    picture = torch.rand(1, 3, 64, 64)
    outputs = model(picture)
    assert len(outputs) == 5
    assert torch.equal(model.ink(picture), torch.sigmoid(outputs[-1]))


@pytest.mark.parametrize("after", [False, True])
def test_side_aggregation_equals_the_equations(after):
    """Enlarge, weigh, concatenate, two separable streams, as eq. 2 and 3 have it."""
    torch.manual_seed(0)
    part = SideAggregation(16, 4, after)
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
    with pytest.raises(InputError, match="light, paper, tiny"):
        create_model("clearnet", preset="huge")
    with pytest.raises(InputError, match="bilinear, resize, transposed"):
        CLEARNet(upsampling="nearest")

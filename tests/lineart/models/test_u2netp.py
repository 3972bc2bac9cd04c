"""U²-Net: the authors' names of its tensors and the authors' reading."""

import torch

from lineart.models import create_model


def test_published_names():
    model = create_model("u2netp")
    names = model.published_prefixes()
    assert names["encoders.0.enter.0"] == "stage1.rebnconvin.conv_s1"
    assert names["encoders.0.down.5.0"] == "stage1.rebnconv6.conv_s1"
    assert names["encoders.0.bottom.1"] == "stage1.rebnconv7.bn_s1"
    assert names["encoders.0.up.0.1"] == "stage1.rebnconv6d.bn_s1"
    assert names["encoders.5.up.2.0"] == "stage6.rebnconv1d.conv_s1"
    assert names["decoders.0.bottom.0"] == "stage5d.rebnconv4.conv_s1"
    assert names["decoders.4.bottom.0"] == "stage1d.rebnconv7.conv_s1"
    assert (names["sides.5"], names["fuse"]) == ("side6", "outconv")
    assert len(set(names.values())) == len(names)


@torch.no_grad()
def test_fusion_reads_the_sides():
    torch.manual_seed(0)
    *sides, fused = create_model("u2netp").eval()(torch.rand(1, 3, 40, 40))
    model = create_model("u2netp").eval()
    model.fuse.weight.zero_()
    model.fuse.weight[0, 0] = 1  # of all sides the first alone
    model.fuse.bias.fill_(0.25)
    outputs = model(torch.rand(1, 3, 40, 40))
    torch.testing.assert_close(outputs[-1], outputs[0] + 0.25)
    assert len(sides) == 6
    assert fused.shape == sides[0].shape


@torch.no_grad()
def test_published_reading():
    torch.manual_seed(0)
    model = create_model("u2netp", output="published").eval()
    pictures = torch.rand(1, 3, 50, 70)
    assert model.published_input(pictures).shape == (1, 3, 320, 320)
    assert model.published_input(pictures / 4).amax() > 0.95  # divided by the brightest value
    ink = model.ink(pictures)
    assert ink.shape == (1, 1, 50, 70)
    assert 0 <= ink.min() < 0.2
    assert 0.8 < ink.max() <= 1
    assert model.published_input(torch.zeros(1, 3, 32, 32)).amax() == 0

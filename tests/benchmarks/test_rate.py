"""The share of the processor's rate is reckoned right. The rate itself is no test's business."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from lineart.models import create_model
from lineart.models.parts.cost import multiply_adds
from lineart.runs import WEIGHTS, save_weights, write_json


@pytest.fixture
def rate(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("rate")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    network = create_model("clearnet", preset="tiny")
    about = {"model": "clearnet", "kind": "network", "arguments": {"preset": "tiny"}}
    write_json(tmp_path / "tiny/settings.json", about)
    save_weights(tmp_path / "tiny" / WEIGHTS, network.state_dict())
    return tmp_path / "tiny"


def test_a_share_by_hand(rate):
    """3 G multiply-adds in 2 s are 1.5 G a second, of 10."""
    assert rate.share(3e9, 2.0, 10e9) == "15.0%"
    assert rate.share(None, 2.0, 10e9) == rate.share(3e9, 2.0, None) == "–"


def test_both_arithmetics_have_a_rate(rate):
    rates = rate.matrix_rates(32, 2)
    assert list(rates) == ["float32", "bfloat16"]
    assert all(1e3 < each < 1e15 for each in rates.values())
    assert rate.said({"float32": 176.4e9}).startswith("a large matrix product: 176 in float32 (G")


def test_a_pixel_costs_what_a_picture_costs_by_its_pixels(rate, tiny):
    network = create_model("clearnet", preset="tiny")
    cost = rate.multiply_adds_a_pixel(tiny)
    assert cost * 512 * 512 == pytest.approx(multiply_adds(network, 512), rel=1e-3)
    assert rate.multiply_adds_a_pixel("canny") is None  # which has no network


def test_what_a_way_comes_to(rate, tiny):
    assert rate.way_of(tiny, "torch", "bfloat16") == ("torch", "bfloat16")
    assert rate.way_of(tiny, "auto", "float32") == ("torch", "float32")  # it was not exported
    assert rate.way_of(None, "onnx", "float32") == ("onnx", "float32")
    assert rate.way_of(None, "onnx", "bfloat16") is None

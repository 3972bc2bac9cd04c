"""A network in torch as a backend: means over cores, ink with given means, devices that are there."""

import numpy as np
import pytest
import torch

from lineart.errors import InputError
from lineart.inference.network import NetworkExtractor, checked_device
from lineart.models import LineModel, create_model

WHOLE = (slice(0, 64), slice(0, 96))


@pytest.fixture(scope="module", params=[1, 2])
def network(request: pytest.FixtureRequest) -> LineModel:
    """A CLEAR-Net whose excitation weighs its maps very differently, which an untrained one does not."""
    torch.manual_seed(0)
    model = create_model("clearnet", preset="tiny", factor=request.param)
    with torch.no_grad():
        for excite in model.aggregate.excitation:
            for parameter in excite.parameters():
                parameter.mul_(8)
        for stream in (model.aggregate.local, model.aggregate.across):
            stream.depthwise.weight.mul_(8)
    return model.eval()


@pytest.fixture
def planes() -> np.ndarray:
    return np.random.default_rng(0).random((1, 3, 64, 96), np.float32)


def test_means_are_those_that_the_network_takes_itself(network, planes):
    backend = NetworkExtractor(network, "cpu", bfloat16=False)
    with torch.no_grad():
        sides = network.sides(torch.from_numpy(planes))
        wanted = torch.cat([side.mean(dim=(2, 3)) for side in sides], dim=1)
    means = backend.means(planes, WHOLE)
    assert means.shape == (1, 4 * 16)
    np.testing.assert_allclose(means, wanted, atol=1e-5)
    np.testing.assert_allclose(backend.ink(planes, means), backend.ink(planes), atol=1e-6)


def test_means_of_cores_make_those_of_the_whole(network, planes):
    backend = NetworkExtractor(network, "cpu", bfloat16=False)
    left = backend.means(planes, (slice(0, 64), slice(0, 32)))
    right = backend.means(planes, (slice(0, 64), slice(32, 96)))
    assert np.abs(left - right).max() > 1e-3
    np.testing.assert_allclose(
        (left + 2 * right) / 3, backend.means(planes, WHOLE), rtol=1e-5, atol=1e-6
    )


def test_given_means_count(network, planes):
    backend = NetworkExtractor(network, "cpu", bfloat16=False)
    other = backend.means(planes, WHOLE) + np.float32(1)
    assert np.abs(backend.ink(planes, other) - backend.ink(planes)).max() > 0.01


def test_the_means_after_concatenation_are_laid_out_alike(planes):
    torch.manual_seed(0)
    model = create_model("clearnet", preset="tiny", se_after_concat=True)
    backend = NetworkExtractor(model, "cpu", bfloat16=False)
    means = backend.means(planes, WHOLE)
    np.testing.assert_allclose(backend.ink(planes, means), backend.ink(planes), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("clearnet", {"preset": "tiny", "side_aggregation": False}), ("teed", {})],
)
def test_a_network_without_global_pooling_needs_no_means(name, arguments, planes):
    backend = NetworkExtractor(create_model(name, **arguments), "cpu", bfloat16=False)
    assert backend.means(planes, WHOLE) is None
    assert not backend.whole


def test_what_stretches_each_answer_sees_a_picture_in_one_piece():
    assert NetworkExtractor(create_model("teed", output="published"), "cpu", False).whole


def test_devices():
    assert checked_device("cpu") == "cpu"
    with pytest.raises(InputError, match="no device cuda:99 that torch can use here"):
        checked_device("cuda:99")
    with pytest.raises(InputError, match=r"'cuda:x' has no such number; write cuda or cuda:0"):
        checked_device("cuda:x")

"""Under reduced precision the layers named answer as in float32, and the others do not."""

import torch
from torch import nn

from lineart.arithmetic.guard import exempt, reduced
from lineart.arithmetic.layers import kinds_of
from lineart.inference.network import NetworkExtractor
from lineart.models import create_model

CPU = torch.device("cpu")


def gradients(network, off, picture):
    network.zero_grad()
    with reduced(CPU, off):
        answer = network(picture)
    answer.float().square().sum().backward()
    return answer, {name: weights.grad.clone() for name, weights in network.named_parameters()}


def test_a_layer_alone_runs_in_float32():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=9, dilation=9), nn.Conv2d(8, 1, 1))
    picture = torch.rand(1, 3, 32, 32)
    kinds = {name: kind for kind, name in kinds_of(network).items()}
    exact = network[0](picture)
    with reduced(CPU, {}):
        rough = network[0](picture)
    with reduced(CPU, {kinds["0"]: "a reason"}):
        kept = network[0](picture)
    assert kept.dtype == rough.dtype == torch.bfloat16
    assert torch.equal(kept, exact.bfloat16())
    assert not torch.equal(kept, rough)


def test_a_gradient_that_goes_through_it_is_that_of_float32():
    torch.manual_seed(0)
    layer = nn.Conv2d(3, 8, 3, padding=9, dilation=9)
    picture = torch.rand(1, 3, 32, 32)
    (kind,) = kinds_of(layer)
    got = []
    for off in ({kind: "a reason"}, {}):
        layer.zero_grad()
        with reduced(CPU, off):
            answer = layer(picture)
        answer.backward(torch.ones_like(answer))
        got.append(layer.weight.grad.clone())
    layer.zero_grad()
    layer(picture).sum().backward()
    assert torch.equal(got[0], layer.weight.grad)
    assert not torch.equal(got[1], layer.weight.grad)


def test_without_exceptions_nothing_stands_in_between():
    with exempt({}):
        assert not torch.overrides._get_current_function_mode_stack()


def test_a_reader_keeps_a_wrong_layer_in_float32(monkeypatch):
    """Its answer is then nearer to that of float32 than with all in bfloat16."""
    torch.manual_seed(0)
    model = create_model("teed").eval()
    picture = torch.rand(64, 64, 3).numpy()
    wrong = {}
    monkeypatch.setattr("lineart.inference.network.layers_off", lambda *_: wrong)
    exact, rough = (NetworkExtractor(model, "cpu", half)(picture) for half in (False, True))
    wrong.update(dict.fromkeys(kinds_of(model), "a reason"))
    kept = NetworkExtractor(model, "cpu", bfloat16=True)(picture)
    assert 0 < abs(kept - exact).mean() < abs(rough - exact).mean()

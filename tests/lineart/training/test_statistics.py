"""Statistics of batch normalisation are those of all pictures together, and the network stays as it was."""

import torch
from torch import nn

from lineart.models import create_model
from lineart.models.parts.base import LineModel
from lineart.training.statistics import taken_anew


class Normalised(LineModel):
    """One normalisation of the pictures themselves, so its statistics are theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3, momentum=0.3)

    def forward(self, pictures):
        return [self.norm(pictures)]


def test_mean_and_variance_are_those_of_all_pictures():
    """Of batches that differ in their means, too, which the mean of their variances would not know."""
    generator = torch.Generator().manual_seed(0)
    batches = [torch.rand(4, 3, 8, 8, generator=generator) / 2 + shift for shift in (0, 0.2, 0.5)]
    network = Normalised()
    found = taken_anew(network, batches)
    everything = torch.cat(batches)
    torch.testing.assert_close(found.norm.running_mean, everything.mean(dim=(0, 2, 3)))
    torch.testing.assert_close(
        found.norm.running_var, everything.var(dim=(0, 2, 3)), rtol=0.01, atol=0
    )
    assert everything.var(dim=(0, 2, 3)).min() > 2 * batches[0].var(dim=(0, 2, 3)).max()
    assert found.norm.momentum == 0.3
    assert not found.training
    assert torch.equal(network.norm.running_mean, torch.zeros(3))
    assert torch.equal(network.norm.running_var, torch.ones(3))


def test_weights_are_left_alone():
    network = create_model("clearnet", preset="tiny").train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    found = taken_anew(network, [torch.rand(2, 3, 64, 64)] * 2)
    changed = {
        name for name, value in found.state_dict().items() if not torch.equal(value, before[name])
    }
    assert {name.rpartition(".")[2] for name in changed} == {
        "running_mean", "running_var", "num_batches_tracked",
    }  # fmt: skip
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert network.training


def test_a_network_without_normalisation_is_copied_as_it_is():
    network = create_model("teed")
    found = taken_anew(network, [torch.rand(1, 3, 32, 32)])
    assert found is not network
    for name, value in network.state_dict().items():
        assert torch.equal(found.state_dict()[name], value)

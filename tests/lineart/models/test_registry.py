"""Default trainings: complete, in range, and fitting their networks and losses."""

import dataclasses

import pytest
import torch

from lineart.losses import LOSSES
from lineart.models import MODELS, create_model
from lineart.models.registry import LADDER, RECIPES


def test_every_network_has_one():
    assert all(RECIPES[name].model == name for name in MODELS)


def test_the_ladder_adds_one_thing_at_a_time():
    first, extraction, aggregation, suppression, temperature = LADDER.values()
    assert (first.model, extraction.model) == ("u2netp", "clearnet")
    assert dict(extraction.arguments) == {"side_aggregation": False}
    assert first.loss_settings == extraction.loss_settings == aggregation.loss_settings
    assert not aggregation.arguments
    assert dataclasses.replace(suppression.loss_settings, suppression=0.0, temperature=1.0) == (
        aggregation.loss_settings
    )
    assert temperature == RECIPES["clearnet"]
    fused = create_model("clearnet", preset="tiny", side_aggregation=False)
    assert [tuple(out.shape) for out in fused(torch.rand(1, 3, 40, 40))] == [(1, 1, 40, 40)]


@pytest.mark.parametrize("name", RECIPES)
def test_loss_and_settings_belong_together(name):
    recipe = RECIPES[name]
    assert recipe.loss_settings is None or isinstance(
        recipe.loss_settings, LOSSES[recipe.loss].settings
    )


@pytest.mark.parametrize("name", ["u2netp", "teed", "pidinet", "dexined"])
def test_the_loss_takes_what_the_network_gives(name):
    recipe = RECIPES[name]
    torch.manual_seed(0)
    model = create_model(name, **recipe.arguments)
    line = torch.rand(2, 1, 48, 48)
    outputs = model(torch.rand(2, 3, 48, 48))
    loss = LOSSES[recipe.loss].function(outputs, line, 1.0, recipe.loss_settings)
    loss.backward()
    assert loss.shape == ()
    assert 0 < loss.item() < float("inf")


def test_steps_of_the_learning_rate():
    factors = [RECIPES["dexined"].rate_factor(done) for done in (0, 0.58, 0.59, 0.89, 1)]
    assert factors == pytest.approx([1, 1, 0.1, 0.01, 0.01])
    assert 8e-4 * RECIPES["teed"].rate_factor(0.2) == pytest.approx(7e-5)
    assert RECIPES["u2netp"].rate_factor(1.0) == 1

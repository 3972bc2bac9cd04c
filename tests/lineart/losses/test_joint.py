"""The joint loss on four pixels, worked by hand."""

import math

import pytest
import torch

from lineart.errors import InputError
from lineart.losses import JointSettings, TauSettings, joint_loss, tau_at
from lineart.losses.joint import background_suppression, smooth_temperature

# Ink, paper answered right, paper answered wrong, grey ink; sigmoid(ln 3) = 3/4, sigmoid(0) = 1/2.
LOGITS = torch.tensor([math.log(3), -math.log(3), math.log(3), 0.0]).view(1, 1, 2, 2)
LINE = torch.tensor([1.0, 0.0, 0.0, 0.5]).view(1, 1, 2, 2)


def test_tau_schedule():
    settings = TauSettings()
    expected = {0: 1.2, 9: 1.2, 10: 1.16, 19: 1.16, 50: 1.0, 99: 0.84, 100: 0.8, 999: 0.8}
    for epoch, tau in expected.items():
        assert tau_at(epoch, settings) == pytest.approx(tau)
    assert tau_at(3, TauSettings(every=1)) == pytest.approx(1.08)
    assert tau_at(1, TauSettings(every=0.25)) == pytest.approx(1.04)


def test_background_suppression_by_hand():
    # Paper pixels alone: -ln(3/4) with weight 1 + 2/4, -ln(1/4) with weight 1 + 2 * 3/4.
    expected = (1.5 * -math.log(0.75) + 2.5 * -math.log(0.25)) / 2
    assert background_suppression(LOGITS, LINE, 2.0, 0.05).item() == pytest.approx(expected)


def test_no_background_costs_nothing():
    assert background_suppression(LOGITS, torch.ones_like(LINE), 2.0, 0.05).item() == 0


def test_the_penalty_factor_has_no_gradient():
    logit = torch.zeros(1, 1, 1, 1, requires_grad=True)
    background_suppression(logit, torch.zeros(1, 1, 1, 1), 2.0, 0.05).backward()
    assert logit.grad is not None
    assert logit.grad.item() == pytest.approx((1 + 2 * 0.5) * 0.5)  # weight times (p - y)


def test_smooth_temperature_by_hand():
    # tau = 1/2 doubles the logits: odds 9, 1/9, 9, 1. Labels 0.9, 0.1, 0.1, 0.5.
    def entropy(p, y):
        return -(y * math.log(p) + (1 - y) * math.log(1 - p))

    expected = (entropy(0.9, 0.9) + entropy(0.1, 0.1) + entropy(0.9, 0.1) + entropy(0.5, 0.5)) / 4
    assert smooth_temperature(LOGITS, LINE, 0.5, 0.1).item() == pytest.approx(expected, rel=1e-6)


def test_grey_ink_is_best_answered_grey():
    logit = torch.zeros(1, 1, 1, 1, requires_grad=True)
    smooth_temperature(logit, torch.full((1, 1, 1, 1), 0.5), 0.8, 0.001).backward()
    assert logit.grad is not None
    assert logit.grad.item() == 0


def test_joint_loss_is_the_weighted_mean_over_outputs():
    settings = JointSettings(suppression=0.25, temperature=0.75)
    alone = 0.25 * background_suppression(
        LOGITS, LINE, settings.gamma, settings.paper_below
    ) + 0.75 * smooth_temperature(LOGITS, LINE, 1.1, settings.epsilon)
    assert joint_loss([LOGITS, LOGITS], LINE, 1.1, settings).item() == pytest.approx(alone.item())


def test_refuses_a_temperature_of_nothing():
    with pytest.raises(InputError, match=r"tau\.end is 0"):
        TauSettings(end=0)

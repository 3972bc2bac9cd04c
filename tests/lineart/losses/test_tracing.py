"""Tracing and texture terms on a row of pixels worked by hand."""

import dataclasses
from math import log

import pytest
import torch

from lineart.errors import InputError
from lineart.losses.balanced import BalancedSettings, balanced_loss
from lineart.losses.tracing import (
    TracingSettings,
    boundary_tracing,
    texture_suppression,
    tracing_loss,
)


def row(*values: float) -> torch.Tensor:
    return torch.tensor(values).view(1, 1, 1, -1)


def test_tracing_by_hand():
    # Around the only line pixel lie 0.5 on the line and 0.25 beside it: a share of 2/3, over 3 pixels.
    loss = boundary_tracing(row(0.5, 0.25, 0.9), row(1, 0, 0), radius=1)
    assert loss.item() == pytest.approx(log(3 / 2) / 3)


def test_tracing_two_line_pixels():
    # windows (0, 1) and (0, 1, 2): shares 0.8 / 0.8 and 0.8 / 1.0
    loss = boundary_tracing(row(0.5, 0.3, 0.2, 0.7), row(1, 1, 0, 0), radius=1)
    assert loss.item() == pytest.approx(log(1 / 0.8) / 4)


def test_tracing_wants_the_answer_on_the_line():
    probability = row(0.5, 0.5, 0.5).requires_grad_()
    boundary_tracing(probability, row(0, 1, 0), radius=1).backward()
    left, middle, right = probability.grad.flatten().tolist()
    assert middle < 0 < left == right


def test_texture_by_hand():
    # Two pixels are further than one from the line; their 3 x 3 means are 1.5/9 and 0.6/9.
    loss = texture_suppression(row(0.9, 0.9, 0.2, 0.4), row(1, 0, 0, 0), radius=1)
    assert loss.item() == pytest.approx(-(log(1 - 1.5 / 9) + log(1 - 0.6 / 9)) / 4, rel=1e-6)


def test_blank_page():
    paper = torch.zeros(1, 1, 6, 6)
    assert boundary_tracing(torch.rand(1, 1, 6, 6), paper, radius=2) == 0
    assert texture_suppression(paper, paper, radius=2) == 0
    assert texture_suppression(paper + 0.5, paper, radius=2) > 0


def test_nothing_answered_on_a_line_stays_finite():
    probability = torch.zeros(1, 1, 5, 5, requires_grad=True)
    loss = boundary_tracing(probability, torch.ones(1, 1, 5, 5), radius=1)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(probability.grad).all()


def test_loss_is_the_sum_of_its_parts():
    torch.manual_seed(0)
    outputs = [torch.randn(2, 1, 9, 9) for _ in range(4)]
    line = (torch.rand(2, 1, 9, 9) > 0.8).float()
    settings = TracingSettings()
    probability = torch.sigmoid(outputs[-1])
    wanted = (
        balanced_loss(outputs, line, settings.balanced)
        + 3 * boundary_tracing(probability, line, 4)
        + 0.01 * texture_suppression(probability, line, 4)
    )
    torch.testing.assert_close(tracing_loss(outputs, line, settings), wanted)


def test_every_output_as_in_cats():
    logits, line = torch.randn(1, 1, 9, 9), (torch.rand(1, 1, 9, 9) > 0.8).float()
    balanced = BalancedSettings(grey="threshold")
    fused = TracingSettings(balanced=balanced)
    every = dataclasses.replace(fused, every_output=True)
    torch.testing.assert_close(
        tracing_loss([logits, logits], line, every), 2 * tracing_loss([logits], line, fused)
    )


@pytest.mark.parametrize(("grey", "on_line"), [(0.5, True), (0.49, False)])
def test_one_grey_pixel(grey, on_line):
    """It is on a line from the threshold, for both terms; for the cross entropy it keeps its grey."""
    line = row(0, 0, grey, 0, 0)
    logits = [row(0, 0, 0, 0, 0)]
    balanced = BalancedSettings(grey="soft", threshold=0.5)
    settings = TracingSettings(balanced=balanced, tracing=1.0, texture=1.0, radius=1)
    rest = tracing_loss(logits, line, settings) - balanced_loss(logits, line, balanced)
    # All answers are 1/2. On a line: one share of 1/3, and texture at both ends. Off: texture everywhere.
    ends, between = -log(1 - 1 / 9), -log(1 - 1.5 / 9)
    wanted = (log(3) + 2 * ends) if on_line else (2 * ends + 3 * between)
    assert rest.item() == pytest.approx(wanted / 5, rel=1e-5)


@pytest.mark.parametrize("settings", [{"tracing": -1.0}, {"texture": -1.0}, {"radius": 0}])
def test_settings_out_of_range(settings):
    with pytest.raises(InputError, match=f"loss.{next(iter(settings))}"):
        TracingSettings(**settings)

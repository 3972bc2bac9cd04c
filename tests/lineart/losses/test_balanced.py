"""Class-balanced cross entropy on four pixels worked by hand: one ink, two paper, one grey."""

from math import log

import pytest
import torch

from lineart.errors import InputError
from lineart.losses.balanced import (
    PAPERS,
    BalancedSettings,
    balanced_cross_entropy,
    balanced_loss,
    read_labels,
)

LINE = torch.tensor([1.0, 0.0, 0.0, 0.5]).view(1, 1, 2, 2)
LOGITS = torch.tensor([0.0, log(3), 0.0, log(3)]).view(
    1, 1, 2, 2
)  # probabilities 1/2, 3/4, 1/2, 3/4
HALF, FALSE, TRUE = log(2), log(4), log(4 / 3)  # of 1/2; of 3/4 on paper; of 3/4 on ink

BY_HAND = {
    # ink 1.5 of 4, paper 2.5 of 4: weights 5/8 and 1.1 x 3/8; the grey pixel is half of each
    "soft": (
        {"grey": "soft"},
        5 / 8 * (HALF + TRUE / 2) + 1.1 * 3 / 8 * (FALSE + HALF + FALSE / 2),
    ),
    # the grey pixel has no label: ink 1 of 3, paper 2 of 3
    "ignored": (
        {"grey": "ignore", "threshold": 0.6},
        2 / 3 * HALF + 1.1 / 3 * (FALSE + HALF),
    ),
    "ink where not ignored": (
        {"grey": "ignore", "threshold": 0.5},
        1 / 2 * (HALF + TRUE) + 1.1 / 2 * (FALSE + HALF),
    ),
    "ink": (
        {"grey": "threshold", "threshold": 0.5},
        1 / 2 * (HALF + TRUE) + 1.1 / 2 * (FALSE + HALF),
    ),
    "paper": (
        {"grey": "threshold", "threshold": 0.6},
        3 / 4 * HALF + 1.1 / 4 * (FALSE + HALF + FALSE),
    ),
    "another lambda": (
        {"grey": "threshold", "threshold": 0.6, "balance": 1.3},
        3 / 4 * HALF + 1.3 / 4 * (FALSE + HALF + FALSE),
    ),
    "no class weights": (
        {"balance": None},
        HALF + FALSE + HALF + TRUE / 2 + FALSE / 2,
    ),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_four_pixels(case):
    settings, total = BY_HAND[case]
    loss = balanced_cross_entropy(LOGITS, LINE, BalancedSettings(**settings))
    assert loss.shape == ()
    assert loss.item() == pytest.approx(total / 4, rel=1e-6)


def test_without_class_weights_it_is_cross_entropy():
    torch.manual_seed(0)
    logits, line = torch.randn(2, 1, 8, 8), torch.rand(2, 1, 8, 8)
    plain = torch.nn.functional.binary_cross_entropy_with_logits(logits, line)
    torch.testing.assert_close(balanced_loss([logits], line, PAPERS["u2netp"]), plain)


def test_grey_is_never_cut_to_paper_by_accident():
    """The gradient of soft grey points up below and down above its own answer."""
    for value, sign in ((-4.0, -1), (4.0, 1)):
        logits = torch.full((1, 1, 2, 2), value, requires_grad=True)
        balanced_cross_entropy(logits, LINE, BalancedSettings()).backward()
        assert torch.sign(logits.grad[0, 0, 1, 1]) == sign


def test_an_ignored_pixel_gets_no_gradient():
    logits = LOGITS.clone().requires_grad_()
    settings = BalancedSettings(grey="ignore", threshold=0.6)
    balanced_cross_entropy(logits, LINE, settings).backward()
    assert logits.grad[0, 0, 1, 1] == 0
    assert (logits.grad.flatten()[:3] != 0).all()


def test_shares_by_picture_or_over_the_batch():
    line = torch.tensor([[1.0, 0.0], [0.0, 0.0]]).view(2, 1, 1, 2)  # one inked picture, one blank
    logits = torch.zeros(2, 1, 1, 2)
    # by picture: weights 1/2 and 1.1/2 in the first, 1 and 0 in the blank one
    by_picture = balanced_cross_entropy(logits, line, BalancedSettings(counted="picture"))
    assert by_picture.item() == pytest.approx(log(2) * (1 / 2 + 1.1 / 2) / 4)
    # over the batch: 1 of 4 is ink
    batch = balanced_cross_entropy(logits, line, BalancedSettings(counted="batch"))
    assert batch.item() == pytest.approx(log(2) * (3 / 4 + 3 * 1.1 / 4) / 4)


def test_blank_and_flooded_pages():
    settings = BalancedSettings()
    for line in (torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4)):
        assert balanced_cross_entropy(torch.ones(1, 1, 4, 4), line, settings) == 0
    nothing = BalancedSettings(grey="ignore", threshold=0.9)  # no pixel has a label
    assert balanced_cross_entropy(LOGITS, torch.full_like(LINE, 0.5), nothing) == 0


def test_large_logits_stay_finite():
    loss = balanced_cross_entropy(1e4 * (1 - 2 * LINE), LINE, BalancedSettings())
    assert torch.isfinite(loss)


def test_outputs_are_weighted_and_summed():
    one = balanced_cross_entropy(LOGITS, LINE, BalancedSettings())
    both = balanced_loss([LOGITS, LOGITS], LINE, BalancedSettings(weights=(0.7, 1.3)))
    torch.testing.assert_close(both, 2 * one)
    torch.testing.assert_close(balanced_loss(3 * [LOGITS], LINE, BalancedSettings()), 3 * one)
    with pytest.raises(InputError, match="has 2 numbers for 3 outputs"):
        balanced_loss(3 * [LOGITS], LINE, BalancedSettings(weights=(0.7, 1.3)))


def test_half_precision_logits_are_computed_in_single():
    loss = balanced_loss([LOGITS.bfloat16()], LINE, BalancedSettings())
    assert loss.dtype == torch.float32


def test_labels():
    ink = torch.tensor([0.0, 0.2, 0.6, 1.0])
    assert read_labels(ink, "soft", 0.5)[0] is ink
    target, labelled = read_labels(ink, "threshold", 0.6)
    assert target.tolist() == [0, 0, 1, 1]
    assert labelled.tolist() == [1, 1, 1, 1]
    target, labelled = read_labels(ink, "ignore", 0.3)
    assert (target * labelled).tolist() == [0, 0, 1, 1]
    assert labelled.tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"grey": "white"}, "loss.grey is 'white'; it must be one of soft, ignore, threshold"),
        ({"balance": 0.0}, "loss.balance is 0.0; it must be above 0"),
        ({"threshold": 0.0}, "loss.threshold"),
        ({"counted": "pixel"}, "loss.counted"),
        ({"weights": (1.0, -1.0)}, "loss.weights"),
    ],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(InputError, match=message):
        BalancedSettings(**settings)


def test_papers():
    assert {name: (p.balance, p.grey, p.threshold) for name, p in PAPERS.items()} == {
        "hed": (1.0, "threshold", 0.5),
        "rcf": (1.1, "ignore", 0.5),
        "bdcn": (1.1, "ignore", 0.5),
        "pidinet": (1.1, "ignore", 0.3),
        "dexined": (1.1, "threshold", 0.8),
        "teed": (1.1, "threshold", 0.8),
        "u2netp": (None, "soft", 0.5),
    }

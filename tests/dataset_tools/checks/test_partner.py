import dataclasses

import cv2
import numpy as np
import pytest

from dataset_tools.checks.partner import PartnerLimits, partner_findings
from dataset_tools.splits.duplicates import fingerprint
from lineart.errors import InputError

LIMITS = PartnerLimits()
MAP = 32 * 32


def drawing(number):
    """Four strokes that differ from number to number, on a coloured panel: (render, line)."""
    rng = np.random.default_rng(number)
    line = np.zeros((128, 128), np.float32)
    for _ in range(4):
        start, end = rng.integers(8, 120, (2, 2)).tolist()
        cv2.line(line, start, end, 1, 4)
    render = np.ones((128, 128, 3), np.float32)
    render[20:108, 20:108] = rng.uniform(0.4, 1, 3)
    return render * (1 - line[..., None]), line


def clock(hour):
    """A clock's face with 12 marks and one hand: 24 of a family that fit one another."""
    line = np.zeros((128, 128), np.float32)
    cv2.circle(line, (64, 64), 52, 1, 5)
    for mark in range(12):
        x, y = np.sin(mark * np.pi / 6), np.cos(mark * np.pi / 6)
        cv2.line(
            line, (int(64 + 40 * x), int(64 + 40 * y)), (int(64 + 46 * x), int(64 + 46 * y)), 1, 4
        )
    x, y = np.sin(hour * np.pi / 12), np.cos(hour * np.pi / 12)
    cv2.line(line, (64, 64), (int(64 + 24 * x), int(64 - 24 * y)), 1, 4)
    return 1 - np.repeat(line[..., None], 3, axis=2), line


@pytest.fixture
def prints(save):
    def make(drawn):
        return [fingerprint(save(f"d{at:02}", pair), *pair) for at, pair in enumerate(drawn)]

    return make


def levels(prints):
    return {
        name: found.level
        for name, found in partner_findings(prints, LIMITS).items()
        if found.level != "accept"
    }


def test_matched_pairs_pass(prints):
    found = partner_findings(prints([drawing(n) for n in range(12)]), LIMITS)
    assert list(found) == [f"d{at:02}" for at in range(12)]
    assert {(item.check, item.level, item.score) for item in found.values()} == {
        ("partner", "accept", 1.0)
    }


def test_two_swapped_line_arts_are_named_to_each_other(prints):
    drawn = [drawing(n) for n in range(12)]
    drawn[3], drawn[7] = (drawn[3][0], drawn[7][1]), (drawn[7][0], drawn[3][1])
    found = partner_findings(prints(drawn), LIMITS)
    for one, other in (("d03", "d07"), ("d07", "d03")):
        assert found[one].level == "quarantine"
        assert f"of '{other}'" in found[one].reason
        assert "not its own" in found[one].reason
        assert found[one].fix == f"swap the line art with that of '{other}'"
    assert levels(prints(drawn)) == {"d03": "quarantine", "d07": "quarantine"}


def test_a_partner_from_outside_of_the_set_is_no_partner(prints):
    drawn = [drawing(n) for n in range(24)]
    drawn[5] = drawn[5][0], drawing(99)[1]
    assert levels(prints(drawn)) == {"d05": "quarantine"}
    reason = partner_findings(prints(drawn), LIMITS)["d05"].reason
    assert "of 23 other drawings better than its own" in reason


def test_a_shift_is_no_wrong_partner(prints):
    drawn = [drawing(n) for n in range(12)]
    drawn[2] = drawn[2][0], np.roll(drawn[2][1], 3, axis=1)
    assert levels(prints(drawn)) == {}


def test_a_family_is_not_accused(prints):
    """Even with hands exchanged: as far as is seen here, one clock's face is as good as the other."""
    assert levels(prints([*(clock(n) for n in range(24)), *(drawing(n) for n in range(6))])) == {}


def test_blank_pictures_and_small_sets_are_no_fault(prints):
    blank = np.ones((128, 128, 3), np.float32), np.zeros((128, 128), np.float32)
    assert partner_findings([], LIMITS) == {}
    assert levels(prints([drawing(1)])) == {}
    assert levels(prints([blank, blank])) == {}


def test_more_than_one_block_is_compared_in_any_order(prints, monkeypatch):
    made = prints([drawing(n) for n in range(12)])
    made[0], made[9] = (
        dataclasses.replace(one, ridges=one.ridges[:MAP] + other.ridges[MAP:])
        for one, other in ((made[0], made[9]), (made[9], made[0]))
    )
    whole = partner_findings(made, LIMITS)
    monkeypatch.setattr("dataset_tools.checks.partner.BLOCK", 5)
    blocks = partner_findings(made[::-1], LIMITS)
    assert {name: vars(item) for name, item in whole.items()} == {
        name: vars(item) for name, item in blocks.items()
    }
    assert [name for name, item in whole.items() if item.level != "accept"] == ["d00", "d09"]


@pytest.mark.parametrize("wrong", [{"lead": 0.0}, {"doubt": 0.5}, {"fit": 2.0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=f"qa.checks.partner.{next(iter(wrong))}"):
        PartnerLimits(**wrong)

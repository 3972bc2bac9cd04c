import numpy as np
import pytest

from dataset_tools.checks import CHECKS, TITLES, CheckSettings, View, graded, note
from dataset_tools.checks.files import FileLimits
from dataset_tools.checks.line import LineLimits
from dataset_tools.checks.render import RenderLimits
from dataset_tools.checks.strokes import StrokeLimits
from lineart.errors import InputError
from lineart.settings import settings_from

SETTINGS = CheckSettings()


def test_a_good_drawing_passes_every_check(box):
    view = View(*box())
    for name, check in CHECKS.items():
        found = check(view, SETTINGS)
        assert (found.check, found.level, found.reason) == (name, "accept", "")
        assert found.score > 0.5


def test_every_check_has_a_title():
    assert set(CHECKS) < set(TITLES)
    assert set(TITLES) - set(CHECKS) == {"decodes", "partner", "duplicate", "near"}


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (16, 16), (33, 7), (9, 2000)])
@pytest.mark.parametrize("ink", [0.0, 0.5, 1.0])
def test_no_check_fails_on_odd_pictures(shape, ink):
    render, line = np.full((*shape, 3), 1 - ink, np.float32), np.full(shape, ink, np.float32)
    view = View(render, line)
    for name, check in CHECKS.items():
        found = check(view, SETTINGS)
        assert 0 <= found.score <= 1
        assert bool(found.reason) == (found.level != "accept"), name
        assert found.where is None or found.where.shape == shape


def test_a_measure_at_its_limit_scores_a_half():
    where = np.ones((2, 2), np.uint8)
    fine = graded("x", 0.0, 2, 1, "r", where, "f")
    assert (fine.score, fine.reason, fine.where, fine.fix) == (1, "", None, "")
    assert graded("x", 1.0, 2, 1, "r").level == "doubt"
    found = graded("x", 2.0, 2, 1, "r", where, "f")
    assert (found.score, found.level, found.reason, found.fix) == (0.5, "quarantine", "r", "f")
    assert found.where is where


def test_a_note_is_accepted_with_its_reason():
    found = note("x", "as it happens")
    assert (found.score, found.level, found.reason) == (1.0, "accept", "as it happens")


@pytest.mark.parametrize(
    ("group", "limits", "wrong"),
    [
        ("files", FileLimits, {"min_side": 0}),
        ("files", FileLimits, {"ringing_doubt": 0.9}),
        ("line", LineLimits, {"max_ink": 2.0}),
        ("line", LineLimits, {"specks": 0}),
        ("strokes", StrokeLimits, {"cuts_doubt": 9}),
        ("render", RenderLimits, {"blur": -1.0}),
    ],
)
def test_settings_out_of_range_are_refused(group, limits, wrong):
    with pytest.raises(InputError, match=f"qa.checks.{group}.{next(iter(wrong))}"):
        limits(**wrong)


def test_settings_come_from_nested_params():
    built = settings_from(CheckSettings, {"line": {"specks_doubt": 3}}, "qa.checks")
    assert built.line.specks_doubt == 3
    assert built.render == SETTINGS.render

"""What all ops of the table have in common."""

from pathlib import Path

import numpy as np
import pytest

from dataset_tools.augmentation.plan import OPS
from dataset_tools.augmentation.sheet import Sheet, bare_paper
from lineart.pictures.images import luminance

GREY_INK = (0.1, 0.1, 0.1)


def sheet_with_a_bar(height=64, width=64):
    """White paper with a black bar, as render and sheet; nothing of it can be written to."""
    line = np.zeros((height, width), np.float32)
    line[:, width // 2 : width // 2 + max(1, width // 16)] = 1
    render = np.repeat(1 - line[..., None], 3, axis=2)
    sheet = Sheet(line, bare_paper(render, line))
    for array in (render, sheet.line, sheet.bare):
        array.flags.writeable = False
    return render, sheet


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (33, 20), (64, 64)])
def test_ops_keep_shape_type_and_range_and_write_into_nothing(name, shape):
    render, sheet = sheet_with_a_bar(*shape)
    for seed in range(8):
        for strength in (0.0, 0.4, 1.0):
            changed, notes = OPS[name](render, sheet, np.random.default_rng(seed), strength)
            assert changed.shape == render.shape
            assert changed.dtype == np.float32
            assert changed.min() >= 0
            assert changed.max() <= 1
            assert isinstance(notes, dict)


@pytest.mark.parametrize("name", OPS)
def test_ops_depend_on_their_generator_alone(name):
    render, sheet = sheet_with_a_bar()
    once, notes = OPS[name](render, sheet, np.random.default_rng(5), 0.8)
    np.random.default_rng(6).random(10)
    again, same = OPS[name](render, sheet, np.random.default_rng(5), 0.8)
    assert np.array_equal(once, again)
    assert notes == same


@pytest.mark.parametrize(
    "name",
    [
        "texture",
        "stains",
        "rings",
        "folds",
        "shadows",
        "lighting",
        "night",
        "lowlight",
        "scanner",
        "scratches",
    ],
)
def test_what_falls_on_paper_darkens_it_and_more_so_with_strength(name):
    render, sheet = sheet_with_a_bar(128, 128)
    means = []
    for strength in (0.0, 0.5, 1.0):
        made = [OPS[name](render, sheet, np.random.default_rng(s), strength)[0] for s in range(8)]
        means.append(float(np.mean(made)))
    assert means[0] == pytest.approx(float(render.mean()), abs=1e-4)
    assert means[0] > means[1] > means[2]


@pytest.mark.parametrize(
    "name", ["texture", "stains", "rings", "shadows", "lighting", "night", "scanner"]
)
def test_what_multiplies_leaves_black_ink_black(name):
    render, sheet = sheet_with_a_bar()
    for seed in range(12):
        changed, notes = OPS[name](render, sheet, np.random.default_rng(seed), 1.0)
        if not (name == "night" and notes["deviation"]):  # half the nights are noisy
            assert not changed[sheet.line == 1].any()


DARKER = ("night", "lowlight")  # for ink as for all else
COARSER = ("noise", "jpeg", "webp", "rescale")


@pytest.mark.parametrize("name", [name for name in OPS if name not in (*DARKER, *COARSER)])
def test_no_op_paints_anything_as_dark_as_ink(name):
    render, sheet = sheet_with_a_bar(128, 128)
    far = sheet.line.copy()
    far[:, 56:80] = 1  # blur may spread the bar itself a little
    for seed in range(12):
        changed, _ = OPS[name](render, sheet, np.random.default_rng(seed), 1.0)
        assert luminance(changed)[far == 0].min() > 0.03


@pytest.mark.parametrize("name", OPS)
def test_every_op_is_shown_and_explained(name):
    docs = Path(__file__).parents[3] / "docs"
    assert (docs / f"images/augmentation/{name}.png").is_file()
    assert f"| `{name}` |" in (docs / "augmentation.md").read_text(encoding="utf-8")

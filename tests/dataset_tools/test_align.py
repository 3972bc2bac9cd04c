import cv2
import numpy as np
import pandas as pd
import pytest

from dataset_tools.align import align_pairs, aligned, only_shifted
from dataset_tools.checks.registration import moved
from dataset_tools.qa import QaSettings, check_pairs, judge, write_judgement
from dataset_tools.sources import folders
from dataset_tools.sources.drawing import IngestSettings
from lineart.errors import InputError
from lineart.pictures.images import read_line
from lineart.sets.pairs import read_table, write_pairs


def test_whole_pixels_come_back_without_loss(box):
    render, line = box()
    back, dx, dy = aligned(render, np.roll(line, (2, -3), axis=(0, 1)))
    assert (dx, dy) == (3, -2)
    assert np.array_equal(back, line)


def test_parts_of_pixels_come_back_nearly(box):
    _, line = box()
    soft = cv2.GaussianBlur(line, (0, 0), 0.7)
    back, dx, dy = aligned(1 - np.repeat(soft[..., None], 3, axis=2), moved(soft, 1.5, -0.5))
    assert (dx, dy) == (pytest.approx(-1.5, abs=0.1), pytest.approx(0.5, abs=0.1))
    assert np.abs(back - soft).max() < 0.1


def test_what_cannot_be_told_stays(box):
    render, line = box()
    same, dx, dy = aligned(np.ones_like(render), line)
    assert (same is line, dx, dy) == (True, 0.0, 0.0)


@pytest.fixture
def checked(box, save, tmp_path):
    """Four pairs, checked: good, shifted, shifted with a stroke missing, with a stroke missing."""
    render, line = box()
    erased = line.copy()
    erased[24:28, 16:64] = 0
    shifted = np.roll(line, 4, axis=1)
    # Another place for each, or they would be duplicates.
    drawn = {"good": line, "off": shifted, "both": np.roll(erased, 4, axis=1), "gone": erased}
    pairs = []
    for at, (name, ink) in enumerate(drawn.items()):
        there = np.roll(render, 6 * at, axis=0), np.roll(ink, 6 * at, axis=0)
        pairs.append(save(name, there, group=f"group of {name}"))
    write_pairs(tmp_path / "pairs.csv", pairs)
    rows = check_pairs(pairs, tmp_path, QaSettings())
    write_judgement(tmp_path / "checked", judge(pairs, rows, QaSettings()))
    return tmp_path


def test_only_what_is_shifted_and_nothing_else_is_aligned(checked, box):
    out = checked / "aligned"
    done = align_pairs(checked, checked / "checked", out)
    assert [(item.id, item.dx, item.dy) for item in done] == [("off", -4, 0)]
    assert sorted(path.name for path in out.rglob("*.png")) == ["off.png", "off.png"]
    wanted = np.roll(box()[1], 6, axis=0)
    assert np.array_equal(read_line(out / "line" / "off.png"), wanted)
    table = read_table(out / "moved.csv")
    assert table.to_dict("records") == [{"id": "off", "dx": -4.0, "dy": 0.0}]
    # What was delivered is as it was.
    assert np.array_equal(read_line(checked / "line" / "off.png"), np.roll(wanted, 4, axis=1))


def test_the_aligned_pairs_can_be_ingested_again(checked):
    out = checked / "aligned"
    align_pairs(checked, checked / "checked" / "findings.csv", out)
    drawings, refused = folders.find(IngestSettings(source="folders", folder=str(out)))
    assert [(item.id, item.group, item.artist) for item in drawings] == [
        ("off", "group of off", "nobody")
    ]
    assert refused == []


def test_nothing_is_overwritten(checked):
    out = checked / "aligned"
    (out / "line").mkdir(parents=True)
    with pytest.raises(InputError, match="is not empty"):
        align_pairs(checked, checked / "checked", out)


def test_a_table_that_is_no_findings_is_refused():
    with pytest.raises(InputError, match=r"lacks the columns shift.reason, verdict"):
        only_shifted(pd.DataFrame({"id": ["a"]}))

"""Models on pairs of many hands: what is a mean over hands, and a sheet whose key tells which is which."""

import cv2
import numpy as np
import pytest

from lineart.errors import InputError


@pytest.fixture
def hands(monkeypatch):
    from benchmarks import hands

    class Fixed:
        """A model that answers with a page of one grey, its name."""

        def __init__(self, name, backend):
            self.value = float(name)

        def __call__(self, render):
            return np.full(render.shape[:2], self.value, np.float32)

    monkeypatch.setattr(hands, "Extractor", Fixed)
    return hands


def write(folder, name, ink):
    line = np.full((24, 24), 255 - round(255 * ink), np.uint8)
    cv2.imwrite(str(folder / f"{name}.line.png"), line)
    cv2.imwrite(str(folder / f"{name}.render.png"), np.full((24, 24, 3), 200, np.uint8))


def test_a_hand_counts_once_however_many_drawings_it_has(hands, tmp_path):
    for name, ink in (("one-a", 0), ("one-b", 0), ("one-c", 0), ("two-a", 1)):
        write(tmp_path, name, ink)
    means = hands.by_hand(hands.measured(["0.0"], tmp_path, "auto"))
    assert means.loc[("0.0", "one"), "mae"] == 0
    assert means.loc[("0.0", "two"), "mae"] == 1
    assert means.loc[("0.0", "all"), "mae"] == 0.5
    assert "over" not in hands.report(means, ["0.0"])


def test_the_first_model_is_divided_by_the_last(hands, tmp_path):
    write(tmp_path, "one-a", 0)
    means = hands.by_hand(hands.measured(["0.2", "0.4"], tmp_path, "auto"))
    last = hands.report(means, ["0.2", "0.4"]).splitlines()
    assert any(line.split()[:3] == ["one", "0.25", "0.5"] for line in last)


def test_a_folder_without_pairs_is_told(hands, tmp_path):
    with pytest.raises(InputError, match="holds no HAND-NAME"):
        hands.measured(["0.0"], tmp_path, "auto")


def test_a_blind_sheet_has_letters_and_a_key_of_every_row(hands, tmp_path):
    for number in range(8):
        write(tmp_path, f"one-{number}", 0)
    shown, key = hands.sheet(["0.0", "1.0"], tmp_path, "auto", 3)
    rows = key.splitlines()
    assert len(rows) == 16  # every picture of the folder
    assert {row.partition(": ")[2] for row in rows} == {"0.0, 1.0", "1.0, 0.0"}
    assert shown.ndim == 3
    assert hands.sheet(["0.0", "1.0"], tmp_path, "auto", 3)[1] == key

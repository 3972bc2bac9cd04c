from pathlib import Path

import numpy as np

from dataset_tools.views.pictures import BOTH, FALSE, MISSED, differences
from pipelines.report.gallery import Pictures
from pipelines.report.records import Record


def test_the_overlay_tells_missed_from_false() -> None:
    prediction = np.array([[1, 0, 1, 0]], np.float32)
    line = np.array([[1, 1, 0, 0]], np.float32)
    expected = np.array([[BOTH, MISSED, FALSE, (1, 1, 1)]], np.float32)
    np.testing.assert_allclose(differences(prediction, line), expected, atol=1e-6)


def test_grey_ink_is_shared_out() -> None:
    found = differences(np.array([[0.5]], np.float32), np.array([[1.0]], np.float32))
    expected = 0.5 * np.array(BOTH) + 0.5 * np.array(MISSED)
    np.testing.assert_allclose(found[0, 0], expected, atol=1e-6)


def test_a_pair_is_encoded_once(project: Path, records: list[Record]) -> None:
    pictures = Pictures(project / "data" / "augmented", "c-0", 32)
    first = pictures.pair("c-1")
    assert pictures.pair("c-1") is first
    assert pictures.prediction(records[0], "c-1").startswith("data:image/webp;base64,")

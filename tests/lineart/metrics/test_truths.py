"""Several truths of one picture: as pictures in a folder, and as BSDS500 writes them."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from lineart.cli import main
from lineart.errors import InputError
from lineart.metrics.boundary import PROTOCOLS, Truth, count_matches, count_truths
from lineart.metrics.folders import FolderSettings, evaluate_folders
from lineart.pictures.images import write_line

QUICK = FolderSettings(jobs=1)


def line(*numbers: int) -> np.ndarray:
    """A page of 40 x 60 with a line of 50 pixels in each of these rows."""
    page = np.zeros((40, 60), np.float32)
    page[list(numbers), 5:55] = 1
    return page


def boundaries(*pages: object, **others: object) -> bytes:
    """A file laid out as BSDS500 lays it out."""
    cells = np.empty((1, len(pages)), object)
    for number, page in enumerate(pages):
        cells[0, number] = {"Segmentation": np.ones((40, 60), np.uint16), "Boundaries": page}
    file = io.BytesIO()
    savemat(file, {"groundTruth": cells, **others})
    return file.getvalue()


def a_set(tmp_path: Path, **truths: bytes) -> tuple[Path, Path]:
    """A prediction `a` of the lines 10 and 30, and truths."""
    write_line(tmp_path / "p" / "a.png", line(10, 30))
    for name, data in truths.items():
        (tmp_path / "t").mkdir(exist_ok=True)
        (tmp_path / "t" / f"{name}.mat").write_bytes(data)
    return tmp_path / "p", tmp_path / "t"


def test_the_edge_benchmark_of_two_people(tmp_path: Path) -> None:
    # One drew line 10 alone, the other 10 and 20; predicted are 10 and 30. Of the prediction's 100 pixels
    # 50 are right, though two people have them; of 150 true ones 100 are found.
    folders = a_set(tmp_path, a=boundaries(line(10), line(10, 20)))
    found = evaluate_folders(*folders, QUICK)
    figures = found.summary["benchmark"]["centre_lines"]
    assert figures["ods_precision"] == pytest.approx(1 / 2)
    assert figures["ods_recall"] == pytest.approx(2 / 3)
    assert figures["ods"] == figures["ois"] == pytest.approx(4 / 7)
    assert set(map(tuple, found.counts["centre_lines"][0])) == {(100, 150, 50, 100)}
    assert set(map(tuple, found.counts["strokes"][0])) == {(100, 150, 100, 200)}
    # The mean over people: 50 pixels off against the first, 100 against the second.
    assert found.summary["means"]["mse"] == pytest.approx((50 + 100) / 2 / 2400)
    assert found.summary["drawings"] == 2
    assert list(found.pictures["truths"]) == [2]
    notes = " ".join(found.summary["notes"])
    assert "1 pictures have 2 truths: a predicted centre line is right if any has it" in notes
    assert "taken as they are, not thinned" in notes
    assert "truths (a guess" not in notes


def test_pictures_in_a_folder_are_the_same_as_a_mat_file(tmp_path: Path) -> None:
    pages = (line(10), line(10, 20), line(28))
    predictions, truths = a_set(tmp_path, a=boundaries(*pages))
    for number, page in enumerate(pages):
        write_line(tmp_path / "many" / "a" / f"{number}.png", page)
    one = evaluate_folders(predictions, truths, QUICK)
    other = evaluate_folders(predictions, tmp_path / "many", QUICK)
    for part in ("benchmark", "means", "background", "drawings"):
        assert one.summary[part] == other.summary[part], part


def test_what_is_one_pixel_wide_is_not_thinned_again() -> None:
    corner = np.zeros((20, 20), np.float32)
    corner[5, 5:15] = corner[5:15, 5] = corner[6, 6] = 1
    centre_lines, _ = PROTOCOLS
    as_it_is = count_truths(corner, [Truth(corner, one_pixel=True)], centre_lines)
    assert set(as_it_is[:, 1]) == {20}
    assert (as_it_is == count_matches(corner, [corner > 0])).all()
    assert count_truths(corner, [Truth(corner)], centre_lines)[0, 1] < 20


def test_sizes_are_asked_of_each(tmp_path: Path) -> None:
    write_line(tmp_path / "p" / "a.png", line(3))
    write_line(tmp_path / "t" / "a" / "1.png", line(3))
    write_line(tmp_path / "t" / "a" / "2.png", line(3)[:-1])
    with pytest.raises(InputError, match=r"'a' is 60 x 40 and its truth 2.png 60 x 39"):
        evaluate_folders(tmp_path / "p", tmp_path / "t", QUICK)


def test_the_table_says_why_ois_is_below_ods(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A picture without truth has F 0 at every threshold and enters OIS at the lowest, with a faint smear.
    for name, prediction, truth in (("a", line(10), line(10)), ("b", 0.1 * line(4, 8), line())):
        write_line(tmp_path / "p" / f"{name}.png", prediction)
        write_line(tmp_path / "t" / f"{name}.png", truth)
    folders = [str(tmp_path / "p"), str(tmp_path / "t")]
    assert main(["evaluate", *folders, "--out", str(tmp_path / "out"), "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    (row,) = re.findall(r"centre lines \(truth.*?\)\s+(\S+)\s+\S+\s+(\S+)", said)
    assert row == ("1.000", "0.500")
    assert "centre_lines: OIS is below ODS, as the protocol may have it" in said
    assert "1 of 2 have F 0 at every threshold and enter at the lowest." in said

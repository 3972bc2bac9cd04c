"""Folders of predictions against folders of line art, as a stranger would bring them."""

import json
import re
import sys
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pandas as pd
import pytest

from lineart.cli import main
from lineart.errors import InputError
from lineart.metrics import METRICS, PICTURE_METRICS
from lineart.metrics.folders import FolderSettings, evaluate_folders, write_results
from lineart.pictures.images import to_bytes, write_line

QUICK = FolderSettings(jobs=1)


def drawing(number, shape=(40, 56)):
    line = np.zeros(shape, np.float32)
    line[8 + 2 * number : 11 + 2 * number, 6:50] = 1
    line[5:35, 20 + number] = 1
    return line


@pytest.fixture
def folders(tmp_path):
    """Three drawings, and predictions that are perfect."""
    for number in range(3):
        for kind in ("predictions", "truths"):
            write_line(tmp_path / kind / f"d{number}.png", drawing(number))
    return tmp_path / "predictions", tmp_path / "truths"


def test_perfect_predictions(folders):
    found = evaluate_folders(*folders, QUICK).summary
    for protocol in ("centre_lines", "strokes"):
        assert found["benchmark"][protocol]["ods"] == found["benchmark"][protocol]["ois"] == 1
    assert found["means"]["mae"] == found["means"]["chamfer"] == 0
    assert found["ink"] == {"prediction": "black", "truth": "black"}
    ink = np.mean([drawing(number).mean() for number in range(3)])
    assert found["background"]["ods_background"] == 1
    assert found["background"]["ods_background_of_blank"] == pytest.approx(
        2 * (1 - ink) / (2 - ink)
    )


def test_white_ink_is_guessed_and_said(folders):
    predictions, _ = folders
    for number in range(3):
        cv2.imwrite(str(predictions / f"d{number}.png"), to_bytes(0.8 * drawing(number)))
    found = evaluate_folders(*folders, QUICK).summary
    assert found["ink"] == {"prediction": "white", "truth": "black"}
    assert "white ink on black paper: predictions (a guess" in found["notes"][0]
    assert found["benchmark"]["strokes"]["ods"] == 1
    assert found["means"]["mae"] == pytest.approx(
        0.2 * np.mean([drawing(number).mean() for number in range(3)]), abs=1e-4
    )


def test_the_wrong_ink_is_noticed(folders):
    found = evaluate_folders(*folders, FolderSettings(jobs=1, prediction_ink="white")).summary
    assert any("3 predictions look the other way round" in note for note in found["notes"])
    assert any("are they inverted?" in note for note in found["notes"])


def test_a_single_dark_drawing_is_read_like_its_folder(folders):
    predictions, truths = folders
    for folder in folders:
        write_line(folder / "dark.png", 1 - drawing(0))
    found = evaluate_folders(predictions, truths, QUICK).summary
    assert found["ink"] == {"prediction": "black", "truth": "black"}
    assert any("1 predictions look the other way round, e.g. dark" in n for n in found["notes"])


def test_jpeg_is_warned_of_whatever_its_name(folders):
    predictions, _ = folders
    (predictions / "d0.png").write_bytes(
        cv2.imencode(".jpg", to_bytes(1 - drawing(0)))[1].tobytes()
    )
    notes = evaluate_folders(*folders, QUICK).summary["notes"]
    assert any("1 predictions are JPEG" in note for note in notes)
    assert not any("truths are JPEG" in note for note in notes)


def test_sizes_are_never_changed(folders):
    write_line(folders[0] / "d1.png", drawing(1, (40, 57)))
    with pytest.raises(InputError, match="'d1' is 57 x 40 and its truth 56 x 40"):
        evaluate_folders(*folders, QUICK)


def test_every_truth_needs_a_prediction(folders):
    (folders[0] / "d2.png").unlink()
    with pytest.raises(InputError, match=r"lacks 1 of the 3 .* 'd2'"):
        evaluate_folders(*folders, QUICK)


def test_a_prediction_too_many_is_said(folders):
    write_line(folders[0] / "other.png", drawing(0))
    found = evaluate_folders(*folders, QUICK).summary
    assert found["pictures"] == 3
    assert found["notes"][0] == "1 predictions have no truth and are left out, e.g. other."


def test_endings_may_differ_but_names_may_not_repeat(folders):
    predictions, _ = folders
    (predictions / "d0.png").rename(predictions / "d0.webp")  # read by content
    assert evaluate_folders(*folders, QUICK).summary["pictures"] == 3
    write_line(predictions / "d0.png", drawing(0))
    with pytest.raises(InputError, match="two pictures called 'd0'"):
        evaluate_folders(*folders, QUICK)


def test_folders_without_use(folders, tmp_path):
    with pytest.raises(InputError, match="no folder"):
        evaluate_folders(tmp_path / "nowhere", folders[1], QUICK)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no pictures"):
        evaluate_folders(tmp_path / "empty", folders[1], QUICK)
    for number in range(3):
        write_line(folders[1] / f"d{number}.png", np.zeros((40, 56)))
    with pytest.raises(InputError, match="has ink"):
        evaluate_folders(*folders, QUICK)


def test_the_threshold_and_the_reach_are_settings(folders):
    predictions, _ = folders
    for number in range(3):
        write_line(predictions / f"d{number}.png", np.roll(drawing(number), 2, 1))
    near = evaluate_folders(*folders, FolderSettings(tolerance_pixels=2, jobs=1)).summary
    far = evaluate_folders(*folders, FolderSettings(tolerance_pixels=0, jobs=1)).summary
    assert near["benchmark"]["strokes"]["ods"] == 1
    assert far["benchmark"]["strokes"]["ods"] < 0.9
    told = evaluate_folders(*folders, FolderSettings(threshold=0.5, jobs=1)).summary
    assert told["threshold"] == 0.5
    assert not any("these very pictures" in note for note in told["notes"])
    with pytest.raises(InputError, match="threshold"):
        FolderSettings(threshold=0)


def test_what_is_written(folders, tmp_path):
    scores = evaluate_folders(*folders, QUICK)
    write_results(tmp_path / "out", scores)
    assert json.loads((tmp_path / "out" / "scores.json").read_text()) == scores.summary
    pictures = pd.read_csv(tmp_path / "out" / "pictures.csv")
    assert list(pictures["name"]) == ["d0", "d1", "d2"]
    assert set(PICTURE_METRICS) <= set(pictures.columns)
    rows = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert set(METRICS) <= set(rows["metric"])
    drawn = ET.parse(tmp_path / "out" / "precision_recall.svg").getroot()
    text = " ".join(part.text or "" for part in drawn.iter())
    assert len(re.findall("ODS 1.000", text)) == 2


def test_processes_change_nothing(tmp_path):
    for number in range(8):
        write_line(tmp_path / "truths" / f"d{number}.png", drawing(number))
        write_line(
            tmp_path / "predictions" / f"d{number}.png", 0.7 * np.roll(drawing(number), 1, 0)
        )
    for jobs in (1, 2):
        scores = evaluate_folders(
            tmp_path / "predictions", tmp_path / "truths", FolderSettings(jobs=jobs)
        )
        write_results(tmp_path / str(jobs), scores)
    for name in ("scores.json", "scores.csv", "pictures.csv", "precision_recall.svg"):
        one, two = ((tmp_path / jobs / name).read_bytes() for jobs in ("1", "2"))
        assert one == two, name


def test_the_command(folders, tmp_path, capsys):
    arguments = ["evaluate", *map(str, folders), "--out", str(tmp_path / "out"), "--jobs", "1"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    for title in ("centre lines (truth at 0.5", "strokes (truth at 0.5", "a blank page has"):
        assert title in said
    assert (tmp_path / "out" / "scores.json").exists()


def test_the_command_refuses_in_a_sentence(tmp_path, capsys):
    assert main(["evaluate", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    assert re.fullmatch(r"There is no folder .*\n", capsys.readouterr().err)


def test_a_place_that_cannot_be_is_refused_before_the_scoring(folders, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    for out in (tmp_path / "notes.txt", tmp_path / "notes.txt" / "scores"):
        assert main(["evaluate", *map(str, folders), "--out", str(out)]) == 1
        said = f"{tmp_path / 'notes.txt'} is a file; wanted is a folder for the results (--out).\n"
        assert capsys.readouterr().err == said
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_missing_package_is_a_sentence(folders, monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("lineart.metrics")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert main(["evaluate", *map(str, folders)]) == 1
    assert capsys.readouterr().err == (
        "`lineart evaluate` lacks scipy: pip install pandas scikit-image scipy\n"
    )


def test_results_of_a_folder_called_dot_lie_beside_it(folders, monkeypatch, capsys):
    monkeypatch.chdir(folders[0])
    assert main(["evaluate", ".", "../truths", "--jobs", "1", "--tolerance-pixels", "inf"]) == 0
    assert (folders[0].parent / "predictions-scores" / "scores.json").exists()

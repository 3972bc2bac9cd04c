import pandas as pd

from pipelines.report import tables
from pipelines.report.notes import budget_notes, built, notes, published_note, told, trained_note
from pipelines.report.records import Record

ROW = {
    "model": "teed",
    "preset": "",
    "steps": 1320.0,
    "pictures_seen": 10560.0,
    "minutes": 5.66,
    "stopped_by": "minutes",
    "best_epoch": 6.0,
    "epochs": 7.0,
}


def test_a_training_is_told_from_its_settings() -> None:
    settings = {
        "train": {"batch": 8, "crop": 128},
        "recipe": {"loss": "tracing"},
        "arguments": {"last_smish": False},
    }
    assert trained_note(ROW, settings) == (
        "teed was trained for 1,320 steps on 10,560 pictures in 5.7 minutes (batches of 8, crops of 128 px "
        "and tracing loss), without its last activation. It ended when its time was over; epoch 6 of 7 is "
        "kept."
    )


def test_other_arguments_are_told_by_name() -> None:
    assert built({"side_aggregation": False, "width": 8, "se_after_concat": True}) == (
        ", without side aggregation, with width 8 and with se after concat"
    )


def test_published_weights_are_named() -> None:
    summary = {"model": "teed-published", "weights": "5_model.pth", "weights_sha256": "ab" * 32}
    assert published_note(summary) == (
        "teed-published was not trained here: it has the weights of 5_model.pth (SHA-256 abababababab) and "
        "the output of its authors' own script."
    )
    assert published_note({**summary, "stretched": True}).endswith(
        "own script, which stretches each picture to its own minimum and maximum."
    )


def test_budgets_that_differ_are_called_so(records: list[Record]) -> None:
    frame = pd.concat([tables.leaderboard(records)] * 2, ignore_index=True)
    frame.loc[2, "pictures_seen"] = 1600
    said = budget_notes(frame, records)
    assert said[""] == (
        "The budgets are not equal: networks saw 160 to 1,600 pictures in training."
    )
    frame.loc[2, "pictures_seen"] = 160
    assert budget_notes(frame, records)[""].startswith("Every network saw 160 pictures")
    assert "" not in budget_notes(tables.leaderboard(records), records)


def test_rows_that_cannot_be_told_apart_are_named(records: list[Record]) -> None:
    frame = tables.leaderboard(records)
    assert told(frame) == []
    frame.loc[1, "children_mae_distinguishable"] = False
    assert told(frame) == [
        "By MAE on the augmented children these differ from clearnet by no more than chance does: dark "
        "threshold by +0.0800 (+0.0600 to +0.1000)."
    ]


def test_there_is_a_word_on_everything(records: list[Record]) -> None:
    said = " ".join(notes(tables.leaderboard(records), records))
    for word in ("paired bootstrap", "centre lines (", "strokes (", "AP is", "64 x 64", "on cpu"):
        assert word in said
    assert "float32 (clearnet and dark threshold)" in said

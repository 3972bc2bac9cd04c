"""The ablation's table: changes from step to step, the paper's beside ours."""

import itertools
import json
import shutil
from pathlib import Path

import pytest

from lineart.models.registry import LADDER
from lineart.sets.pairs import read_table, write_table
from pipelines.report.records import Record
from pipelines.stages import ladder
from pipelines.stages.ladder import STEPS, change, markdown, notes, table

ERRORS = (0.1, 0.07, 0.035, 0.0385, 0.0385)


@pytest.fixture
def steps(project: Path) -> list[Record]:
    """Five steps whose MAE falls by 30 %, then 50 %, rises by 10 % and stays."""
    records = []
    for step, error in zip(STEPS, ERRORS, strict=True):
        run, scored = (project / "ablation" / kind / step.name for kind in ("models", "evaluation"))
        shutil.copytree(project / "models" / "clearnet", run)
        shutil.copytree(project / "evaluation" / "clearnet", scored)
        settings = {"model": "clearnet", "kind": "network", "arguments": {}}
        trained = {"crop": 128, "batch": 8, "learning_rate": 0.001}
        (run / "settings.json").write_text(json.dumps({**settings, "train": trained}))
        scores = json.loads((scored / "scores.json").read_text())
        for part, factor in (("originals", 1), ("children", 2)):
            scores[part] |= {"mae": factor * error, "mse": error / 2}
        (scored / "scores.json").write_text(json.dumps(scores))
        pictures = read_table(scored / "pictures.csv")
        write_table(scored / "pictures.csv", pictures.assign(mae=error, mse=error / 2))
        records.append(Record(step.name, "0" * 32, run, scored, {}))
    return records


def test_the_steps_are_those_that_are_trained() -> None:
    assert [step.name for step in STEPS] == list(LADDER)


def test_the_changes_of_the_paper_are_those_it_states() -> None:
    """Section 2.3 gives them in words: 30.0, 31.5, 73.2, 53.8, 83.8 and 63.4 %."""
    found = [
        (change(before.mse, now.mse), change(before.mae, now.mae))
        for before, now in itertools.pairwise(STEPS[:4])
    ]
    assert found == [(-30.0, -31.5), (-73.2, -53.8), (-83.8, -63.4)]
    # It calls the way from the first step to the last 99.4 and 95.3 %.
    assert change(STEPS[0].mse, STEPS[-1].mse) == -99.4
    assert change(STEPS[0].mae, STEPS[-1].mae) == -95.3


def test_each_step_is_held_against_the_one_before(steps: list[Record]) -> None:
    frame = table(steps)
    assert frame["originals_mae"].tolist() == list(ERRORS)
    assert frame["originals_mae_change"].tolist()[1:] == [-30.0, -50.0, 10.0, 0.0]
    assert frame["children_mae_change"].tolist()[1:] == [-30.0, -50.0, 10.0, 0.0]
    assert frame["originals_mae_change"].isna().tolist() == [True] + [False] * 4
    assert frame["paper_mae_change"].tolist()[1] == -31.5
    # Every picture moves alike, so that a change is certain, unless there is none.
    assert frame["originals_mae_certain"].tolist()[1:] == [True, True, True, False]


def test_the_table_names_paper_and_budget(steps: list[Record]) -> None:
    frame = table(steps)
    text = markdown(frame, "0123456789abcdef")
    assert text.startswith("# Ablation on data 0123456789ab\n")
    assert "## On the 2 untouched originals" in text
    assert "## On the 2 augmented children" in text
    row = next(line for line in text.splitlines() if line.startswith("| + extraction "))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:5] == ["0.035000", "-30.0 %", "0.070000", "-30.0 %"]
    assert cells[5:] == ["0.029528", "-30.0 %", "0.069548", "-31.5 %"]
    last = next(line for line in text.splitlines() if line.startswith("| + temperature "))
    assert last.count("≈ +0.0 %") == 2
    said = list(notes(frame))
    assert said[0].endswith("changes by -61.5 %, the paper's by -95.3 %.")
    assert "2 epochs in crops of 128 pixels, 8 a step, at a learning rate of up to 0.001" in said[2]
    assert len({len(line) for line in text.splitlines() if line.startswith("| + ")}) <= 2


def test_a_step_that_ran_out_of_time_is_named(steps: list[Record]) -> None:
    path = steps[2].run / "summary.json"
    summary = json.loads(path.read_text())
    path.write_text(json.dumps({**summary, "stopped_by": "minutes"}))
    fresh = [Record(row.model, row.version, row.run, row.scored, {}) for row in steps]
    said = list(notes(table(fresh)))
    assert [s for s in said if "its time was over" in s] == [
        "+ aggregation ended before its epochs were done: its time was over."
    ]


def test_the_stage_leaves_table_and_runs(
    steps: list[Record], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[list[str], list[str], str]] = []

    def publish(rows, report, data, experiment) -> str:  # type: ignore[no-untyped-def]
        told.append(
            ([r.model for r, _ in rows], [path.name for path in report], experiment),
        )
        return "5 new in MLflow"

    monkeypatch.setattr("pipelines.tracking.publish.publish", publish)
    said = ladder.ladder.fn(data=str(project / "data/augmented"), under=str(project / "ablation"))
    assert said == "5 steps; 5 new in MLflow"
    assert told == [(list(LADDER), ["table.md", "table.csv"], "ablation")]
    assert read_table(project / "ablation/table.csv")["step"].tolist() == list(LADDER)
    assert (project / "ablation/table.md").read_text().startswith("# Ablation on data")

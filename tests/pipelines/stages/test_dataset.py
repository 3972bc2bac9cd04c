import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from lineart.sets.pairs import read_table, write_table
from pipelines.stages.dataset import CARD, CROISSANT, PAGE, dataset


@pytest.fixture
def measured(project: Path) -> Path:
    """The project with what its checks and splits leave besides."""
    data = project / "data"
    ids = read_table(data / "pairs" / "pairs.csv")["id"]
    verdicts = ["accept", "accept", "accept", "quarantine"]
    findings = pd.DataFrame({"id": ids, "verdict": verdicts, "stroke_width": 2.0, "coverage": 0.1})
    findings = findings.assign(
        **{"blank": [1.0, 1.0, 1.0, 0.0], "blank.reason": ["", "", "", "no ink"]}
    )
    write_table(data / "checked" / "findings.csv", findings)
    splits = [read_table(data / "splits" / f"{name}.csv") for name in ("train", "val", "test")]
    kept = [part.assign(cluster=part["id"], stroke_width=2.0, coverage=0.1) for part in splits]
    for name, part in zip(("train", "val", "test"), kept, strict=True):
        write_table(data / "splits" / f"{name}.csv", part)
    write_table(data / "checked" / "pairs.csv", pd.concat(kept))
    columns = {
        "pairs/refused.csv": "id reason",
        "pairs/files.csv": "role format mode bits width height",
        "checked/duplicates.csv": "one other kind difference",
        "splits/left_out.csv": "id reason",
    }
    for path, names in columns.items():
        write_table(data / path, pd.DataFrame(columns=names.split()))
    return project


def test_the_stage_writes_page_card_and_description(
    measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(measured)
    Path("params.yaml").write_text(yaml.safe_dump({"dataset": {"picture": 64, "families": 1}}))
    said = dataset.fn()
    assert said.startswith("Of 4 drawings delivered, 3 are kept: 3 accepted and 0 in doubt.")
    assert said in (measured / "reports" / PAGE).read_text()
    assert "| accepted | 3 | 75.0 % |" in (measured / "reports" / CARD).read_text()
    found = json.loads((measured / "reports" / CROISSANT).read_text())
    paths = [
        measured / "reports" / x["contentUrl"] for x in found["distribution"] if "contentUrl" in x
    ]
    assert len(paths) == 5 + 3
    assert all(path.exists() for path in paths)

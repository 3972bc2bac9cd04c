import json

import numpy as np
import pytest

from dataset_tools.checks import CHECKS
from dataset_tools.qa import COLUMNS, QaSettings, check_pairs, judge, write_judgement
from lineart.errors import InputError
from lineart.pairs import read_pairs, read_table
from lineart.settings import settings_from

SETTINGS = QaSettings()


@pytest.fixture
def pairs(box, save, tmp_path):
    """Two good drawings, one repeated, a blank one, a truncated one, and sizes that differ."""
    render, line = box()
    bar = np.zeros_like(line)
    bar[20:26, 8:88] = 1
    made = [
        save("good", (render, line)),
        save("other", (np.repeat(1 - bar[..., None], 3, axis=2), bar)),
        save("repeated", (render, line)),
        save("shifted", (render, np.roll(line, 1, axis=0))),
        save("blank", (render, np.zeros_like(line))),
        save("cut", (render, line)),
        save("odd", (render, line[:90])),
    ]
    file = tmp_path / "line" / "cut.png"
    file.write_bytes(file.read_bytes()[:50])
    return made


def verdicts(judgement):
    return dict(zip(judgement.findings["id"], judgement.findings["verdict"], strict=True))


def test_every_pair_gets_a_verdict_and_a_reason(pairs, tmp_path):
    judgement = judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS)
    assert verdicts(judgement) == {
        "blank": "quarantine",
        "cut": "quarantine",
        "good": "accept",
        "odd": "quarantine",
        "other": "accept",
        "repeated": "quarantine",
        # One pixel off, and the same render as "good": the copy is refused, with what differs.
        "shifted": "quarantine",
    }
    assert judgement.accepted["id"].tolist() == ["good", "other"]
    rows = judgement.quarantined.set_index("id")
    assert rows["check"].to_dict() == {
        "blank": "blank", "cut": "decodes", "odd": "sizes", "repeated": "duplicate", "shifted": "duplicate",
    }  # fmt: skip
    assert "cannot be read" in rows["reason"]["cut"]
    assert rows["reason"]["repeated"] == "the same render as 'good'"
    assert rows["reason"]["shifted"] == "the same render as 'good', with another line art"
    findings = judgement.findings.set_index("id")
    assert findings["shift.reason"]["shifted"].startswith("the line art is shifted by 1.0 pixels")
    assert findings["visible"].isna().to_dict()["odd"]  # not looked at
    assert judgement.summary["verdicts"] == {"accept": 2, "doubt": 0, "quarantine": 5}
    assert judgement.summary["checks"]["sizes"] == {"doubt": 0, "quarantine": 1}
    assert judgement.summary["checks"]["shift"] == {"doubt": 1, "quarantine": 0}


def test_doubted_pairs_stay(box, save, tmp_path):
    render, line = box()
    pairs = [save("shifted", (render, np.roll(line, 1, axis=0)))]
    judgement = judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS)
    assert verdicts(judgement) == {"shifted": "doubt"}
    assert judgement.accepted["id"].tolist() == ["shifted"]


def test_a_broken_pair_does_not_oust_its_good_copy(box, save, tmp_path):
    render, line = box()
    pairs = [save("a", (render, np.zeros_like(line))), save("b", (render, line))]
    judgement = judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS)
    assert verdicts(judgement) == {"a": "quarantine", "b": "accept"}
    assert judgement.quarantined["check"].tolist() == ["blank"]


def test_near_duplicates_stay_in_one_cluster(box, save, tmp_path):
    pairs = [save("b", box(), group="g"), save("a", box(fill=(0, 1, 1)), group="h")]
    judgement = judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS)
    assert judgement.accepted["cluster"].tolist() == ["g", "g"]
    assert judgement.findings["near.reason"][0] == "nearly the same drawing as 'b' (0.0% differ)"
    assert judgement.summary["near_duplicates"] == 2
    assert judgement.summary["clusters"] == 1


def test_tables_do_not_depend_on_the_order_of_the_work(pairs, tmp_path):
    trees = []
    for run, order in (("one", pairs), ("two", pairs[::-1])):
        chunks = [check_pairs(order[at : at + 3], tmp_path, SETTINGS) for at in (0, 3, 6)]
        judgement = judge(order, (row for chunk in chunks for row in chunk), SETTINGS)
        write_judgement(tmp_path / run, judgement)
        trees.append({file.name: file.read_bytes() for file in (tmp_path / run).iterdir()})
    assert sorted(trees[0]) == ["findings.csv", "pairs.csv", "quarantine.csv", "summary.json"]
    assert trees[0] == trees[1]


def test_tables_are_as_agreed(pairs, tmp_path):
    out = tmp_path / "out"
    write_judgement(out, judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS))
    assert [pair.id for pair in read_pairs(out / "pairs.csv")] == ["good", "other"]
    columns = read_table(out / "findings.csv").columns.tolist()
    assert columns == ["id", "verdict", *(c + end for c in COLUMNS for end in ("", ".reason"))]
    assert set(CHECKS) < set(COLUMNS)
    assert read_table(out / "quarantine.csv").columns.tolist()[-2:] == ["check", "reason"]
    assert json.loads((out / "summary.json").read_text())["pairs"] == 7


def test_nothing_accepted_is_said_and_the_reasons_are_kept(pairs, tmp_path):
    bad = [pair for pair in pairs if pair.id == "blank"]
    judgement = judge(bad, check_pairs(bad, tmp_path, SETTINGS), SETTINGS)
    with pytest.raises(
        InputError, match="Not one of 1 pairs passed, 1 of them for the check 'blank'"
    ):
        write_judgement(tmp_path / "out", judgement)
    assert (tmp_path / "out" / "quarantine.csv").exists()
    assert not (tmp_path / "out" / "pairs.csv").exists()


def test_pairs_that_were_not_checked_are_noticed(pairs, tmp_path):
    rows = check_pairs(pairs[:2], tmp_path, SETTINGS)
    with pytest.raises(InputError, match="7 pairs were given and 2 checked"):
        judge(pairs, rows, SETTINGS)


def test_settings_come_from_nested_params():
    built = settings_from(QaSettings, {"checks": {"shift": 4}, "duplicates": {"bits": 8}}, "qa")
    assert (built.checks.shift, built.duplicates.bits) == (4.0, 8)
    assert settings_from(QaSettings, {}, "qa") == SETTINGS
    with pytest.raises(InputError, match=r"qa\.checks\.shfit.*qa\.checks\.shift"):
        settings_from(QaSettings, {"checks": {"shfit": 4}}, "qa")

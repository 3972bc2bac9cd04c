import json

import numpy as np
import pytest
from PIL import Image

from dataset_tools.checks import CHECKS
from dataset_tools.qa import COLUMNS, MEASURES, QaSettings, check_pairs, judge, write_judgement
from dataset_tools.sources.drawing import Refused
from dataset_tools.sources.files import facts_of
from lineart.errors import InputError
from lineart.sets.pairs import read_pairs, read_table
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
    assert sorted(trees[0]) == [
        "duplicates.csv", "findings.csv", "pairs.csv", "quarantine.csv", "summary.json",
    ]  # fmt: skip
    assert trees[0] == trees[1]


def test_tables_are_as_agreed(pairs, tmp_path):
    out = tmp_path / "out"
    write_judgement(out, judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS))
    assert [pair.id for pair in read_pairs(out / "pairs.csv")] == ["good", "other"]
    columns = read_table(out / "findings.csv").columns.tolist()
    ends = ("", ".reason", ".where", ".fix")
    assert columns == ["id", "verdict", *MEASURES, *(c + end for c in COLUMNS for end in ends)]
    columns = read_table(out / "pairs.csv").columns.tolist()
    assert columns[-3:] == ["cluster", "stroke_width", "coverage"]
    columns = read_table(out / "duplicates.csv").columns.tolist()
    assert columns == ["one", "other", "kind", "difference"]
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


def test_a_fault_has_boxes_a_fix_and_measures(box, save, tmp_path):
    render, line = box()
    line[2:4, 4:34] = 1  # 30 pixels that the render has not, in the margin
    pairs = [save("marked", (render, line))]
    row = judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS).findings.iloc[0]
    assert row["border.where"] == "2 0 34 6"  # two pixels of padding, cut at the border
    assert row["border.fix"] == "erase it"
    assert row["dirt.where"] == row["dirt.fix"] == ""
    assert row["coverage"] == pytest.approx((704 + 60) / 96**2, abs=1e-5)
    assert 2 < row["stroke_width"] <= 4
    assert (row["dx"], row["dy"]) == (pytest.approx(0, abs=0.1), pytest.approx(0, abs=0.1))


def test_what_files_say_is_noted(box, save, tmp_path):
    pairs = [save("a", box())]
    file = tmp_path / "a.jpg"
    Image.new("L", (96, 96)).save(file)
    facts = {("a", "line"): facts_of(file.read_bytes(), "a", "line", "a.jpg")}
    rows = check_pairs(pairs, tmp_path, SETTINGS, facts)
    judgement = judge(pairs, rows, SETTINGS)
    assert judgement.findings["lossy.reason"][0].startswith("the line art came as JPEG")
    assert verdicts(judgement) == {"a": "accept"}


def test_what_was_refused_is_in_quarantine_with_its_reason(pairs, tmp_path):
    rows, bomb = check_pairs(pairs, tmp_path, SETTINGS), Refused("bomb", "It claims too much.")
    judgement = judge(pairs, rows, SETTINGS, [bomb])
    write_judgement(tmp_path / "out", judgement)
    table = read_table(tmp_path / "out" / "quarantine.csv").set_index("id")
    assert table.index.tolist() == ["blank", "bomb", "cut", "odd", "repeated", "shifted"]
    assert table["check"]["bomb"] == "decodes"
    assert table["reason"]["bomb"] == "It claims too much."
    assert (table["render"]["bomb"], table["width"]["bomb"]) == ("", 0)
    assert (judgement.summary["refused"], judgement.summary["pairs"]) == (1, 7)


def test_duplicates_are_listed(box, save, tmp_path):
    render, line = box()
    mirrored = (render[:, ::-1].copy(), line[:, ::-1].copy())
    pairs = [save("a", (render, line)), save("b", (render, line)), save("c", mirrored)]
    judgement = judge(pairs, check_pairs(pairs, tmp_path, SETTINGS), SETTINGS)
    found = [tuple(row) for row in judgement.duplicates.itertuples(index=False)]
    assert found == [("a", "b", "exact", 0), ("a", "c", "mirrored", 0), ("b", "c", "mirrored", 0)]
    near = dict(zip(judgement.findings["id"], judgement.findings["near.reason"], strict=True))
    assert near["a"] == "nearly the mirror image of 'c' (0.0% differ)"


def test_settings_come_from_nested_params():
    values = {"checks": {"registration": {"shift": 4}}, "duplicates": {"line": 0.1}}
    built = settings_from(QaSettings, values, "qa")
    assert (built.checks.registration.shift, built.duplicates.line) == (4.0, 0.1)
    assert settings_from(QaSettings, {}, "qa") == SETTINGS
    with pytest.raises(InputError, match=r"qa\.checks\.flies.*qa\.checks\.files"):
        settings_from(QaSettings, {"checks": {"flies": {}}}, "qa")

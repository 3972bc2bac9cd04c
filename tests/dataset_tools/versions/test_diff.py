from dataset_tools.versions.diff import Step, as_text, difference
from dataset_tools.versions.versions import Version

BEFORE = Version(
    "before",
    pictures={"a": ("r1", "l1"), "b": ("r2", "l2"), "c": ("r3", "l3"), "d": ("r4", "l4")},
    verdicts={"a": ("accept", ""), "b": ("accept", ""), "c": ("doubt", ""), "d": ("accept", "")},
    splits={"a": "train", "b": "train", "c": "val", "d": "test"},
)
AFTER = Version(
    "after",
    pictures={"a": ("r9", "l1"), "b": ("r2", "l9"), "d2": ("r4", "l4"), "e": ("r5", "l5")},
    verdicts={"a": ("quarantine", "blank: no ink"), "b": ("accept", ""), "e": ("accept", "")},
    splits={"b": "val", "e": "train"},
)


def test_every_kind_by_hand() -> None:
    found = difference(BEFORE, AFTER)
    assert found.added == ["e"]
    assert found.removed == ["c"]
    assert found.renamed == [Step("d", "d", "d2")]
    assert found.changed == ["a"]
    assert found.relabelled == ["b"]
    assert found.judged == [Step("a", "accept", "quarantine", "blank: no ink")]
    assert found.moved == [Step("a", "train", "none"), Step("b", "train", "val")]
    assert found.counts["one"] == {
        "pairs": 4,
        "accept": 3,
        "doubt": 1,
        "train": 2,
        "val": 1,
        "test": 1,
    }
    assert found.not_compared == []


def test_nothing_differs_from_itself() -> None:
    found = difference(BEFORE, BEFORE)
    kinds = ("added", "removed", "renamed", "changed", "relabelled", "judged", "moved")
    assert not any(getattr(found, kind) for kind in kinds)


def test_of_equal_drawings_each_is_renamed_once() -> None:
    same = ("r", "l")
    one = Version("one", {"a": same, "b": same}, None, None)
    other = Version("other", {"x": same, "y": same, "z": same}, None, None)
    found = difference(one, other)
    assert found.renamed == [Step("a", "a", "x"), Step("b", "b", "y")]
    assert (found.added, found.removed) == (["z"], [])


def test_what_a_version_does_not_tell_is_not_made_up() -> None:
    found = difference(BEFORE, Version("splits", None, None, {"a": "train", "c": "val"}))
    assert found.not_compared == ["pictures", "verdicts"]
    assert (found.changed, found.judged, found.moved) == ([], [], [])
    assert found.removed == ["b", "d"]


def test_the_table_for_people() -> None:
    lines = as_text(difference(BEFORE, AFTER), "v1", "v2").splitlines()
    assert lines[0].split() == ["v1", "v2"]
    assert lines[1].split() == ["pairs", "4", "4"]
    assert "quarantine   0   1" in lines
    assert "added            1  e" in lines
    assert "renamed          1  d → d2" in lines
    assert "judged anew      1  a (accept → quarantine; blank: no ink)" in lines
    assert "moved            2  a (train → none), b (train → val)" in lines


def test_long_lists_are_cut_for_people_only() -> None:
    many = Version("many", {f"n{n:02d}": ("r", "l") for n in range(13)}, None, None)
    found = difference(Version("few", {"n00": ("r", "l")}, None, None), many)
    (line,) = [line for line in as_text(found, "A", "B").splitlines() if line.startswith("added")]
    assert line.endswith("n10 and 2 more")
    assert len(found.as_json()["added"]) == 12

from pathlib import Path

import pytest

from dataset_tools.review.verdicts import (
    Review,
    decide,
    merged,
    read_reviews,
    write_reviews,
)
from lineart.errors import InputError


def review(id: str = "a", content: str = "1", verdict: str = "accept", **others: object) -> Review:
    row = {
        "defects": "",
        "regions": "",
        "rating": 0,
        "note": "",
        "reviewer": "ann",
        "time": "2026-01-01T00:00:00Z",
    }
    return Review(id=id, sha256=content, verdict=verdict, **{**row, **others})  # type: ignore[arg-type]


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    said = [
        review(
            "0031",
            "9",
            "fix",
            defects="dirt missing",
            regions="dirt 1 2 3 4",
            rating=2,
            note='a "b", c',
        ),
        review("线稿", "8", "reject", reviewer="bea", note="007"),
    ]
    write_reviews(tmp_path / "reviews.csv", reversed(said))
    assert read_reviews(tmp_path / "reviews.csv") == said


def test_the_order_does_not_change_the_file(tmp_path: Path) -> None:
    said = [review(name, reviewer=who) for name in "abc" for who in ("ann", "bea")]
    for number, order in enumerate((said, said[::-1])):
        write_reviews(tmp_path / f"{number}.csv", order)
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()


def test_a_note_of_digits_stays_what_it_was(tmp_path: Path) -> None:
    write_reviews(tmp_path / "reviews.csv", [review(note="007", reviewer="12")])
    assert read_reviews(tmp_path / "reviews.csv")[0].note == "007"


def test_no_table_holds_no_verdicts(tmp_path: Path) -> None:
    assert read_reviews(tmp_path / "none.csv") == []


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    write_reviews(file, [review("a"), review("b")])
    file.write_text(file.read_text().replace("b,1,accept", "b,1,okay"))
    with pytest.raises(
        InputError, match=r"line 3: The verdict on 'b' is 'okay'; it must be one of accept"
    ):
        read_reviews(file)
    file.write_text("id,verdict\na,accept\n")
    with pytest.raises(InputError, match="lacks the columns sha256, defects"):
        read_reviews(file)


def test_of_one_reviewer_the_later_verdict_counts() -> None:
    early = review(verdict="accept", time="2026-01-01T00:00:00Z")
    late = review(verdict="reject", time="2026-01-02T00:00:00Z")
    assert merged([late], [early]) == merged([early], [late]) == [late]


def test_a_verdict_that_is_only_in_the_table_stays() -> None:
    old, new = review("old"), review("new")
    assert merged([old], [new]) == [new, old]


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        (["accept"], "accept"),
        (["accept", "accept", "reject"], "accept"),
        (["accept", "reject"], "reject"),
        (["accept", "fix"], "fix"),
        (["accept", "fix", "reject"], "reject"),
    ],
)
def test_the_majority_decides_and_of_a_tie_the_more_severe(
    verdicts: list[str], result: str
) -> None:
    said = [review(verdict=verdict, reviewer=str(n)) for n, verdict in enumerate(verdicts)]
    assert decide(said, {"a": "1"})["a"].verdict == result


def test_a_verdict_on_other_pictures_decides_nothing() -> None:
    assert decide([review(content="1")], {"a": "2"}) == {}


def test_the_reason_says_who_and_what() -> None:
    said = [
        review(verdict="reject", defects="dirt missing", note="left hand"),
        review(verdict="reject", reviewer="bea"),
    ]
    assert decide(said, {"a": "1"})["a"].reason == (
        "rejected by ann (dirt, missing: left hand); rejected by bea"
    )

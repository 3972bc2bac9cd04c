from typing import Any

import pytest

from dataset_tools.review.queue import Chosen
from dataset_tools.review.tasks import findings_of, key_of, reviews_of, task_of
from lineart.errors import InputError

PICTURES = {"render": "R", "line": "L", "overlay": "O"}
FOUND = [("missing", "3 % of the strokes are missing", [(10, 20, 40, 50)])]


def task(findings: list[Any] | None = None) -> dict[str, Any]:
    chosen = Chosen("a", "checks", 0.5)
    return task_of(chosen, "c1", (200, 100), FOUND if findings is None else findings, PICTURES)


def answered(*result: dict[str, Any], **others: Any) -> dict[str, Any]:
    answer = {
        "result": list(result),
        "completed_by": 7,
        "updated_at": "2026-11-22T10:11:12.5Z",
        **others,
    }
    return {**task(), "annotations": [answer]}


def choice(name: str, *values: str) -> dict[str, Any]:
    return {"from_name": name, "type": "choices", "value": {"choices": list(values)}}


def test_a_row_of_findings_is_read() -> None:
    row = {
        "missing.reason": "gone",
        "missing.where": "1 2 3 4;5 6 7 8",
        "dirt.reason": "",
        "dirt.where": "",
    }
    assert findings_of(row, ["dirt", "missing", "unknown"]) == [
        ("missing", "gone", [(1, 2, 3, 4), (5, 6, 7, 8)])
    ]


def test_a_task_is_known_by_pair_and_content() -> None:
    assert key_of(task()["data"]) == ("a", "c1")


def test_the_findings_are_filled_in() -> None:
    (prediction,) = task()["predictions"]
    defects, region = prediction["result"]
    assert defects["value"] == {"choices": ["missing"]}
    # 200 x 100 pixels: percentages of each side
    assert [region["value"][key] for key in ("x", "y", "width", "height")] == [5, 20, 20, 50]
    assert region["value"]["rectanglelabels"] == ["missing"]


def test_where_nothing_was_found_nothing_is_filled_in() -> None:
    clean = task([])
    assert "predictions" not in clean
    assert clean["data"]["findings"] == "the checks found nothing"


def test_an_answer_becomes_a_verdict() -> None:
    region = {
        "from_name": "where", "original_width": 200, "original_height": 100,
        "value": {"x": 5, "y": 20, "width": 20, "height": 50, "rectanglelabels": ["dirt"]},
    }  # fmt: skip
    note = {"from_name": "note", "value": {"text": ["left", "hand\n again"]}}
    rating = {"from_name": "rating", "value": {"rating": 2}}
    exported = answered(
        choice("verdict", "reject"), choice("defects", "missing"), region, note, rating
    )
    (review,) = reviews_of([exported], {7: "ann@example.org"})
    assert (review.id, review.sha256, review.verdict) == ("a", "c1", "reject")
    assert review.defects == "dirt missing"
    assert review.regions == "dirt 10 20 40 50"
    assert (review.rating, review.note) == (2, "left hand again")
    assert (review.reviewer, review.time) == ("ann@example.org", "2026-11-22T10:11:12Z")


def test_an_accepted_pair_has_no_defects() -> None:
    (review,) = reviews_of([answered(choice("verdict", "accept"), choice("defects", "dirt"))], {})
    assert (review.verdict, review.defects) == ("accept", "")
    assert review.reviewer == "user 7"


@pytest.mark.parametrize(
    "exported",
    [
        answered(choice("verdict", "accept"), was_cancelled=True),
        answered(choice("defects", "dirt")),
        {**answered(choice("verdict", "accept")), "data": {"text": "by hand"}},
        {"data": task()["data"]},
    ],
    ids=["skipped", "no verdict", "not ours", "not looked at"],
)
def test_what_is_no_verdict_is_left_out(exported: dict[str, Any]) -> None:
    assert reviews_of([exported], {}) == []


def test_a_verdict_of_another_page_is_named() -> None:
    with pytest.raises(
        InputError, match="A verdict on 'a' is 'great', which is none of accept, fix"
    ):
        reviews_of([answered(choice("verdict", "great"))], {})

"""Tasks: a pair as the reviewer sees it, and her answers as a verdict.

:func:`task_of` makes what Label Studio imports: three pictures, what the checks found in words, and a
prediction that fills in the findings, so that a reviewer corrects instead of starting from nothing.
:func:`reviews_of` reads what it exports. Both are pure; the pictures' addresses are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dataset_tools.checks.finding import boxes_from
from dataset_tools.review.labels import COLOURS, DEFECTS, NOTE, ON, RATING, VERDICT, WHERE
from dataset_tools.review.queue import WORDS, Chosen
from dataset_tools.review.verdicts import VERDICTS, Review, regions_text
from lineart.errors import InputError
from lineart.pictures.masks import Box

VERSION = "checks"  # of the predictions: who made them
PICTURES = ("render", "line", ON)


def key_of(data: Mapping[str, Any]) -> tuple[str, str]:
    """What makes a task the same as another: the pair and its content."""
    return str(data.get("pair_id", "")), str(data.get("sha256", ""))


def findings_of(row: Mapping[str, Any], names: Iterable[str]) -> list[tuple[str, str, list[Box]]]:
    """What the checks found of one pair: (check, reason, boxes in pixels), from a row of findings.csv."""
    found = []
    for name in names:
        reason = str(row.get(f"{name}.reason", "") or "")
        if reason:
            found.append((name, reason, boxes_from(str(row.get(f"{name}.where", "") or ""))))
    return found


def task_of(
    chosen: Chosen,
    content: str,
    size: tuple[int, int],
    findings: list[tuple[str, str, list[Box]]],
    pictures: Mapping[str, str],
) -> dict[str, Any]:
    """A task for Label Studio, with its prediction if there is anything to predict.

    Args:
        chosen: the pair and why it is in the queue.
        content: of :func:`dataset_tools.review.verdicts.content_of`.
        size: (width, height) of the pair in pixels; boxes become percentages of it.
        findings: of :func:`findings_of`, defects of the list only.
        pictures: address of each of :data:`PICTURES`.
    """
    data = {
        "pair_id": chosen.id,
        "sha256": content,
        "why": WORDS[chosen.why],
        "findings": "; ".join(reason for _, reason, _ in findings) or "the checks found nothing",
        "priority": chosen.priority,
        "width": size[0],
        "height": size[1],
        **{name: pictures[name] for name in PICTURES},
    }
    task: dict[str, Any] = {"data": data}
    if findings:
        task["predictions"] = [
            {"model_version": VERSION, "score": chosen.priority, "result": _result(findings, size)}
        ]
    return task


def _result(
    findings: list[tuple[str, str, list[Box]]], size: tuple[int, int]
) -> list[dict[str, Any]]:
    names = [name for name, _, _ in findings]
    # The verdict is left to the person: the key of a verdict that is filled in would take it away.
    result = [_answer(DEFECTS, "choices", {"choices": names})]
    width, height = size
    for name, _, boxes in findings:
        for number, (x, y, w, h) in enumerate(boxes if name in COLOURS else ()):
            value = {
                "x": 100 * x / width,
                "y": 100 * y / height,
                "width": 100 * w / width,
                "height": 100 * h / height,
                "rotation": 0,
                "rectanglelabels": [name],
            }
            frame = {"original_width": width, "original_height": height, "image_rotation": 0}
            answer = _answer(WHERE, "rectanglelabels", value)
            result.append({"id": f"{name}-{number}", **frame, **answer})
    return result


def _answer(control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": control, "to_name": ON, "type": kind, "value": value}


def reviews_of(tasks: Iterable[Mapping[str, Any]], people: Mapping[int, str]) -> list[Review]:
    """The verdicts in an export of a project; skipped and unfinished answers are none.

    Args:
        tasks: each with ``data`` and ``annotations``, as Label Studio exports them.
        people: id of a user to the name that stands in the table.

    Raises:
        InputError: if a verdict is none of ours: the project's page was changed by hand.
    """
    reviews = []
    for task in tasks:
        name, content = key_of(task["data"])
        if not (name and content):
            continue  # a task somebody added by hand
        for answer in task.get("annotations", ()):
            if not answer.get("was_cancelled"):
                review = _review(name, content, answer, people)
                if review is not None:
                    reviews.append(review)
    return reviews


def _review(
    name: str, content: str, answer: Mapping[str, Any], people: Mapping[int, str]
) -> Review | None:
    verdict, rating, note = "", 0, ""
    defects: set[str] = set()
    regions: list[tuple[str, Box]] = []
    for item in answer.get("result", ()):
        value, control = item.get("value", {}), item.get("from_name")
        if control == VERDICT:
            verdict = str(value["choices"][0])
        elif control == DEFECTS:
            defects.update(value["choices"])
        elif control == RATING:
            rating = int(value["rating"])
        elif control == NOTE:
            note = " ".join(" ".join(value["text"]).split())
        elif control == WHERE and value.get("rectanglelabels"):
            label = str(value["rectanglelabels"][0])
            defects.add(label)
            regions.append((label, _pixels(item, value)))
    if not verdict:
        return None
    if verdict not in VERDICTS:
        raise InputError(
            f"A verdict on '{name}' is '{verdict}', which is none of {', '.join(VERDICTS)}; the page of the "
            f"project was changed, push again to set it right."
        )
    who = answer.get("completed_by")
    who = who.get("id") if isinstance(who, Mapping) else who
    return Review(
        id=name,
        sha256=content,
        verdict=verdict,
        defects="" if verdict == "accept" else " ".join(sorted(defects)),
        regions="" if verdict == "accept" else regions_text(regions),
        rating=rating,
        note=note,
        reviewer=people.get(int(who or 0), f"user {who}"),
        time=str(answer.get("updated_at") or answer.get("created_at") or "")[:19] + "Z",
    )


def _pixels(item: Mapping[str, Any], value: Mapping[str, Any]) -> Box:
    width, height = float(item["original_width"]), float(item["original_height"])
    return (
        round(value["x"] * width / 100),
        round(value["y"] * height / 100),
        round(value["width"] * width / 100),
        round(value["height"] * height / 100),
    )

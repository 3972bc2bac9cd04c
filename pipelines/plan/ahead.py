"""What is ahead of a run and how long it takes, in words that say that they are estimates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.plan.estimate import Durations, Estimate, factor
from pipelines.plan.graph import Plan

ENOUGH = 30.0  # seconds of done stages from which on they correct what is left


def left(
    stages: Iterable[str], expected: Mapping[str, Estimate], done: Mapping[str, float]
) -> float | None:
    """The seconds that some stages will still take, None if unknown; corrected by what the done ones took.

    >>> expected = {"a": Estimate(60.0), "b": Estimate(10.0), "c": Estimate(None)}
    >>> left(["b", "c"], expected, {"a": 120.0}), left(["c"], expected, {})
    (20.0, None)
    """
    known = [expected[stage].seconds for stage in stages if stage in expected]
    some = [seconds for seconds in known if seconds is not None]
    if not some:
        return None
    before = {stage: expected[stage].seconds or 0 for stage in done if stage in expected}
    ahead, real = sum(before.values()), sum(done[stage] for stage in before if before[stage])
    return sum(some) * (real / ahead if ahead >= ENOUGH else 1.0)


def is_unknown(expected: Mapping[str, Estimate], stage: str) -> bool:
    """Whether nobody knows how long a stage takes."""
    return stage not in expected or expected[stage].seconds is None


def about(seconds: float | None) -> str:
    """A time as a person says it.

    >>> [about(seconds) for seconds in (3, 44, 89, 200, 9000, None)]
    ['some seconds', 'about 40 s', 'about 1 min', 'about 3 min', 'about 2 h 30 min', 'unknown']
    """
    if seconds is None:
        return "unknown"
    if seconds < 10:
        return "some seconds"
    if seconds < 60:
        return f"about {round(seconds, -1):.0f} s" if seconds < 55 else "about 1 min"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} min"
    return (
        f"about {minutes // 60} h {minutes % 60} min"
        if minutes % 60
        else f"about {minutes // 60} h"
    )


def table(plan: Plan, expected: Mapping[str, Estimate]) -> list[str]:
    """The stages that have to run, a line a kind: how long all of a kind take, and each."""
    kinds: dict[str, list[str]] = {}
    for stage in plan.stages:
        kinds.setdefault(stage.partition("@")[0], []).append(stage)
    width = max(map(len, kinds), default=0)
    lines = []
    for kind, stages in kinds.items():
        said = [] if (total := _together(stages, expected)) == "unknown" else [total]
        items = [f"{stage.partition('@')[2]} {_short(expected[stage])}" for stage in stages]
        if not said:
            items = [stage.partition("@")[2] for stage in stages]
        said += [", ".join(items)] if "@" in stages[0] else []
        lines.append(f"  {kind:{width}}  {': '.join(said)}".rstrip())
    return lines


def _together(stages: Iterable[str], expected: Mapping[str, Estimate]) -> str:
    found = [expected[stage] for stage in stages]
    said = about(left(stages, expected, {}))
    if any(one.seconds is None for one in found) and said != "unknown":
        said += " and more"
    return said if all(one.same for one in found) else f"{said} (*)"


def _short(one: Estimate) -> str:
    mark = "" if one.same else " (*)"
    return about(one.seconds).removeprefix("about ").replace("some seconds", "< 10 s") + mark


def headline(
    plan: Plan, expected: Mapping[str, Estimate], here: Durations, reference: Durations
) -> list[str]:
    """How long all takes, and where that comes from."""
    total = _together(plan.stages, expected)
    count = f"{len(plan.stages)} {'stage' if len(plan.stages) == 1 else 'stages'}"
    if total == "unknown":
        return [f"To be done: {count}. How long they take is unknown: none was measured before."]
    source = []
    if any(stage in here.stages for stage in plan.stages):
        source.append("what the stages took in this folder")
    if any(stage in reference.stages and stage not in here.stages for stage in plan.stages):
        scale = factor(here, reference)
        source.append(
            f"what they took on another machine ({reference.processor}), and this one took "
            f"{scale:.2g} times as long for a short piece of arithmetic"
            if scale is not None
            else "what they took on another machine"
        )
    said = [f"To be done: {count}, {total}. These times are estimates, from {'; '.join(source)}."]
    if not all(one.same for one in expected.values()):
        said.append("(*) was measured with other settings and may be far off.")
    return said

"""What is heard of a run of DVC's; the lines are DVC's own."""

from collections.abc import Iterator

import pytest

from pipelines.plan.estimate import Estimate
from pipelines.plan.graph import Plan, planned
from pipelines.plan.journey import Journey

DOT = """strict digraph {
"split";
"split" -> "train@teed";
"split" -> "train@canny";
"train@teed" -> "evaluate@teed";
"train@canny" -> "evaluate@canny";
"evaluate@teed" -> "leaderboard";
"evaluate@canny" -> "leaderboard";
}
"""
RUN = """Stage 'split' didn't change, skipping
Running stage 'train@teed':
> python -m pipelines train teed
WARNING: failed to run: python -m pipelines train teed, exited with -11
WARNING: Stages 'leaderboard' and 'evaluate@teed' will be skipped due to this failure

Running stage 'train@canny':
> python -m pipelines train canny
Updating lock file 'dvc.lock'

Stage 'evaluate@canny' is cached - skipping run, checking out outputs
Updating lock file 'dvc.lock'
ERROR: failed to reproduce stages: 'train@teed'
"""


@pytest.fixture
def plan() -> Plan:
    return planned(["train@teed", "train@canny"], DOT)


def ticking(*times: float) -> Iterator[float]:
    yield from times


def test_what_follows_is_planned_too_and_what_stands_before_is_not(plan: Plan) -> None:
    assert plan.stages.index("train@canny") < plan.stages.index("evaluate@canny")
    assert plan.stages[-1] == "leaderboard"
    assert sorted(plan.stages[:-1]) == [
        "evaluate@canny",
        "evaluate@teed",
        "train@canny",
        "train@teed",
    ]
    assert plan.causes["evaluate@teed"] == {"train@teed", "split"}


def test_a_run_with_a_failure(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    expected = dict.fromkeys(plan.stages, Estimate(60))
    clock = ticking(100.0, 200.0, 320.0)  # teed begins, canny begins, canny is done
    journey = Journey(plan, expected, lambda: next(clock))
    before, middle, after = RUN.partition("Stage 'evaluate@canny'")
    for line in before.splitlines():
        journey.hear(line)
    assert journey.took == {"train@canny": 120.0}  # what failed tells nothing of how long it takes
    # Canny took twice the estimate, so what is left does, too; the other two will not be done.
    assert journey.place("evaluate@canny") == (
        "[5 of 5] evaluate@canny: about 2 min; about 2 min to the end of the road"
    )
    for line in (middle + after).splitlines():
        journey.hear(line)
    journey.end()
    assert journey.failed == ["train@teed"]
    assert journey.said["train@teed"].endswith("exited with -11")
    heard = capsys.readouterr().out.splitlines()
    assert heard[0] == "[1 of 5] train@teed: about 1 min; about 5 min to the end of the road"
    assert "[4 of 5] train@canny: about 1 min; about 2 min to the end of the road" in heard
    assert "Stage 'split' didn't change, skipping" not in heard


def test_what_is_unknown_is_not_counted_as_nothing(plan: Plan) -> None:
    some = {**dict.fromkeys(plan.stages, Estimate(None)), "evaluate@canny": Estimate(60.0)}
    said = Journey(plan, some).place("train@teed")
    assert said == "[1 of 5] train@teed; about 1 min and more to the end of the road"
    nothing = dict.fromkeys(plan.stages, Estimate(None))
    assert Journey(plan, nothing).place("train@teed") == "[1 of 5] train@teed"


def test_several_failures_are_all_named(plan: Plan) -> None:
    journey = Journey(plan, {})
    journey.hear("ERROR: failed to reproduce stages: 'train@teed', 'train@canny'")
    assert journey.failed == ["train@teed", "train@canny"]
    journey.hear("ERROR: failed to reproduce 'train@teed': it is 'odd'")
    assert journey.failed == ["train@teed"]


def test_where_the_time_went_counts_what_failed_too(plan: Plan) -> None:
    clock = ticking(0.0, 100.0, 190.0)  # teed begins, canny begins, canny is done
    journey = Journey(plan, {}, lambda: next(clock))
    assert journey.account() == []
    for line in RUN.splitlines():
        journey.hear(line)
    journey.end()
    assert journey.took == {"train@canny": 90}
    assert journey.account() == [
        "Where the time went, 3 min 10 s in all:",
        "  train  3 min 10 s: teed 1 min 40 s, canny 1 min 30 s",
    ]

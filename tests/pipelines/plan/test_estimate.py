"""How long a stage takes, from what it took: worked out by hand for three toy stages."""

from pathlib import Path

import pytest

from pipelines.plan import ahead, estimate
from pipelines.plan.estimate import Durations, Estimate, Took, digest, estimates
from pipelines.plan.graph import planned

PARAMS = {"ingest": {"count": 10}, "train": {"epochs": 3}}
SETTINGS = {"ingest": digest({"count": 10}), "train": digest({"epochs": 3})}
OTHERS = {**SETTINGS, "ingest": digest({"count": 99})}
DOT = '"ingest" -> "train@a";\n"x" -> "train@b";\n"x" -> "train@c";'
PLAN = planned(["train@a", "train@b", "train@c"], DOT)
REFERENCE = Durations(
    "Fast, 8 cores", 0.01, {name: Took(30.0, SETTINGS) for name in ("train@a", "train@b")}
)


def test_this_clone_is_believed_first_then_the_reference_scaled() -> None:
    here = Durations("Slow, 1 core", 0.02, {"train@a": Took(100.0, SETTINGS)})
    assert estimates(PLAN, PARAMS, here, REFERENCE) == {
        "train@a": Estimate(100.0),
        "train@b": Estimate(60.0),  # twice as slow as where it took 30 s
        "train@c": Estimate(None),
    }


def test_the_same_settings_count_more_than_the_same_machine() -> None:
    here = Durations(
        "Slow, 1 core", 0.02, {name: Took(100.0, OTHERS) for name in ("train@a", "train@c")}
    )
    found = estimates(PLAN, PARAMS, here, REFERENCE)
    assert found["train@a"] == Estimate(60.0)
    assert found["train@c"] == Estimate(100.0, same=False)


def test_a_reference_is_nothing_without_a_measurement() -> None:
    assert estimates(PLAN, PARAMS, Durations("Slow, 1 core"), REFERENCE)["train@a"] == Estimate(
        None
    )


def test_a_stage_is_remembered_with_the_settings_of_all_it_hangs_on(tmp_path: Path) -> None:
    (tmp_path / "dvc.lock").write_text(
        "schema: '2.0'\n"
        "stages:\n"
        "  ingest: {cmd: x, params: {params.yaml: {ingest: {count: 10}}}}\n"
        "  train@a: {cmd: x, params: {params.yaml: {train: {epochs: 3}}}}\n"
        "  train@b: {cmd: x, params: {params.yaml: {train: {epochs: 3}}}}\n"
    )
    here = Durations("Slow, 1 core", 0.02)
    estimate.remember(tmp_path, PLAN, {"train@a": 12.34, "train@b": 5.0}, here)
    kept = estimate.read(tmp_path / estimate.HERE)
    assert kept == here
    assert kept.stages["train@a"] == Took(12.3, SETTINGS)
    assert kept.stages["train@b"].settings == {"train": SETTINGS["train"]}  # no ingest before it


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"stages": {"a": 3}}', '{"stages": {"a": {}}}']
)
def test_a_torn_table_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "durations.json").write_text(text)
    assert estimate.read(tmp_path / "durations.json") == Durations()


def test_another_machine_s_times_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimate, "measure", lambda: 0.5)
    monkeypatch.setattr(estimate, "processor", lambda: "New, 4 cores")
    estimate.write(tmp_path / estimate.HERE, Durations("Old, 2 cores", 0.1, REFERENCE.stages))
    assert estimate.of_this_machine(tmp_path) == Durations("New, 4 cores", 0.5)
    estimate.write(tmp_path / estimate.HERE, Durations("New, 4 cores", 0.1, REFERENCE.stages))
    assert estimate.of_this_machine(tmp_path).step == 0.1  # measured once


def test_what_is_ahead_says_that_it_is_an_estimate_and_from_where() -> None:
    here = Durations("Slow, 1 core", 0.02, {"train@a": Took(100.0, OTHERS)})
    expected = {
        "train@a": Estimate(100.0, same=False),
        "train@b": Estimate(60.0),
        "train@c": Estimate(None),
    }
    said = ahead.headline(PLAN, expected, here, REFERENCE)
    assert said == [
        "To be done: 3 stages, about 3 min and more (*). These times are estimates, from what the stages "
        "took in this folder; what they took on another machine (Fast, 8 cores), and this one took 2 times "
        "as long for a short piece of arithmetic.",
        "(*) was measured with other settings and may be far off.",
    ]
    assert ahead.table(PLAN, expected) == [
        "  train  about 3 min and more (*): a 2 min (*), b 1 min, c unknown"
    ]


def test_nothing_known_is_said() -> None:
    expected = {stage: Estimate(None) for stage in PLAN.stages}
    (said,) = ahead.headline(PLAN, expected, Durations(), Durations())
    assert said == "To be done: 3 stages. How long they take is unknown: none was measured before."
    assert ahead.table(PLAN, expected) == ["  train  a, b, c"]

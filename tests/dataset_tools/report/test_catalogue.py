import dataclasses

from dataset_tools.checks import CHECKS, CheckSettings
from dataset_tools.report.catalogue import catalogue, limits_of


def test_every_check_has_words() -> None:
    found = catalogue([*CHECKS, "decodes", "duplicate", "near", "review"])
    assert all(words and words != name for name, words in found.items())


def test_a_check_nobody_knows_has_its_name() -> None:
    assert catalogue(["new"]) == {"new": "new"}


def test_the_limits_are_those_of_the_settings() -> None:
    settings = CheckSettings()
    other = dataclasses.replace(settings, line=dataclasses.replace(settings.line, max_ink=0.125))
    found = {group.name: group for group in limits_of(other)}
    assert found["line"].settings["max_ink"] == "0.125"
    assert "flooded" in found["line"].checks


def test_every_check_is_under_one_group_at_most() -> None:
    checks = [name for group in limits_of(CheckSettings()) for name in group.checks]
    assert len(checks) == len(set(checks))
    assert set(checks) <= set(CHECKS)

"""What the comparison with the newest libraries runs is there."""

from scripts.newest import ROOT, TESTS


def test_the_tests_it_names_exist() -> None:
    assert [test for test in TESTS if not (ROOT / test).exists()] == []

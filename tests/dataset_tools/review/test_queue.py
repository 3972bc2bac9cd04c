import pandas as pd
import pytest

from dataset_tools.review.queue import QueueSettings, choose
from lineart.errors import InputError


def findings(**scores: float) -> pd.DataFrame:
    """Pairs with a score of the check `visible`; below 0.7 a doubt."""
    rows = [
        (name, "accept" if score >= 0.7 else "doubt", 1.0, score) for name, score in scores.items()
    ]
    return pd.DataFrame(rows, columns=["id", "verdict", "sizes", "visible"])


def ranks(*names: str) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, rank) for rank, name in enumerate(names, 1)], columns=["id", "rank"]
    )


def test_the_worst_of_each_kind_by_turns() -> None:
    table = findings(a=0.9, b=0.3, c=0.6, d=1.0, e=1.0)
    queue = choose(
        table, ranks("d", "b", "a", "e", "c"), QueueSettings(checks=2, network=2, audit=0)
    )
    assert [(item.id, item.why) for item in queue] == [
        ("b", "checks"), ("d", "network"), ("c", "checks"), ("a", "network"),
    ]  # fmt: skip
    assert [item.priority for item in queue] == [1, 0.75, 0.5, 0.25]


def test_the_audit_is_drawn_from_the_rest_and_stays_the_same() -> None:
    table = findings(**{f"p{n}": 1.0 for n in range(20)})
    first = choose(table, None, QueueSettings(checks=2, network=0, audit=5))
    again = choose(
        table.sample(frac=1, random_state=1), None, QueueSettings(checks=2, network=0, audit=5)
    )
    other = choose(table, None, QueueSettings(checks=2, network=0, audit=5, seed=1))
    assert first == again
    assert len({item.id for item in first}) == 7
    assert {item.id for item in first} != {item.id for item in other}


def test_what_has_a_verdict_is_left_out() -> None:
    queue = choose(findings(a=0.1, b=0.2), None, QueueSettings(2, 0, 0), leave_out=["a"])
    assert [item.id for item in queue] == ["b"]


def test_what_nobody_can_decide_is_left_out() -> None:
    table = findings(a=0.1, b=0.2)
    table.loc[0, "sizes"] = 0.0
    assert [item.id for item in choose(table, None, QueueSettings(2, 0, 0))] == ["b"]


def test_a_pair_the_network_knows_and_the_checks_do_not_is_left_out() -> None:
    assert choose(findings(a=1.0), ranks("gone", "a"), QueueSettings(0, 2, 0))[0].id == "a"


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(InputError, match=r"review.queue.audit is -1; it must be 0 or more"):
        QueueSettings(audit=-1)

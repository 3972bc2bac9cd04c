"""Settings refuse what they do not know, and say what was meant."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lineart.errors import InputError
from lineart.settings import read_file, require, settings_from


@dataclass(frozen=True)
class Inner:
    depth: int = 1


@dataclass(frozen=True)
class Outer:
    rate: float = 0.5
    names: tuple[str, ...] = ("a",)
    limit: float | None = None
    inner: Inner = field(default_factory=Inner)

    def __post_init__(self):
        require(self.rate > 0, "outer.rate", self.rate, "above 0")


def test_builds_nested_settings():
    built = settings_from(Outer, {"rate": 2, "names": ["x", "y"], "inner": {"depth": 3}}, "outer")
    assert built == Outer(2.0, ("x", "y"), None, Inner(3))
    assert isinstance(built.rate, float)
    assert settings_from(Outer, None, "outer") == Outer()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rte": 1}, r"no setting 'outer\.rte'. Did you mean 'outer\.rate'"),
        ({"inner": {"dept": 1}}, r"Did you mean 'outer\.inner\.depth'"),
        ({"rate": "fast"}, r"outer\.rate is 'fast'; it must be a number"),
        ({"rate": True}, "must be a number"),
        ({"rate": -1}, r"outer\.rate is -1\.0; it must be above 0"),
        ({"names": "x"}, "must be a list"),
        ({"limit": "x"}, "must be a number or empty"),
        ([1], "must be a table of keys"),
    ],
)
def test_refuses_in_one_sentence(values, said):
    with pytest.raises(InputError, match=said):
        settings_from(Outer, values, "outer")


def test_a_file_is_read_as_dvc_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(
        "train: {rate: 1e-3, more: 2.5E3, epochs: 3, name: 1e}\nbase: &b {k: 1}\nown: {<<: *b, k: 2}\n"
    )
    assert read_file(path) == {
        "train": {"rate": 0.001, "more": 2500.0, "epochs": 3, "name": "1e"},
        "base": {"k": 1},
        "own": {"k": 2},
    }


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("train:\n  epochs: 3\n  crop: 96\n  epochs: 4\n")
    with pytest.raises(InputError, match=r"the key 'epochs' stands twice .* line 4"):
        read_file(path)

"""The drawing of the house is that of the code."""

from pathlib import Path

import pytest

from scripts import house


def test_the_drawing_is_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = house.PAGE.read_text(encoding="utf-8")
    page = tmp_path / "architecture.md"
    page.write_text(there, encoding="utf-8")
    monkeypatch.setattr(house, "PAGE", page)
    house.main()
    assert page.read_text(encoding="utf-8") == there, "run `python -m scripts.house`"


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    graph = {
        "lineart/a": {"lineart/b", "lineart/c"},
        "lineart/b": {"lineart/c"},
        "lineart/c": set(),
    }
    drawn = house.drawn("lineart", graph)
    assert "lineart_a --> lineart_b" in drawn
    assert "lineart_b --> lineart_c" in drawn
    assert "lineart_a --> lineart_c" not in drawn


def test_imports_for_types_alone_can_be_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "ROOT", tmp_path)
    for name in ("one", "two", "three"):
        (tmp_path / "lineart" / name).mkdir(parents=True)
        (tmp_path / "lineart" / name / "file.py").touch()
    path = tmp_path / "lineart" / "user.py"
    path.write_text(
        "from typing import TYPE_CHECKING\n"
        "import lineart.one.file\n"
        "if TYPE_CHECKING:\n    from lineart.two import file\n"
        "def run():\n    from lineart.three.file import anything\n"
    )
    seen = {each.parent.name for each in house.imported(path)}
    assert seen == {"one", "two", "three"}
    assert {each.parent.name for each in house.imported(path, typing=False)} == {"one", "three"}


def test_names_that_are_imported_later_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "user.py"
    path.write_text(
        "def run():\n"
        "    from lineart import Extractor\n"
        "    importlib.import_module('lineart.web.desk')\n"
        "    return {'qa': 'dataset_tools.qa:QaSettings', 'setting': 'pipelines.workers'}\n"
    )
    seen = {each.relative_to(house.ROOT).as_posix() for each in house.imported(path)}
    assert seen == {"lineart/inference/extractor.py", "lineart/web/desk.py", "dataset_tools/qa.py"}

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from dataset_tools.report.card import header, plain, write_card
from dataset_tools.report.tables import DataSet

ARTIST = "Ann <b>& 'Sons'</b> | \"Co\""


def write(data: DataSet, folder: Path) -> tuple[dict[str, Any], str]:
    write_card(folder / "card.md", data)
    _, top, text = (folder / "card.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(top), text


def test_the_header_says_what_the_data_is(data: DataSet, tmp_path: Path) -> None:
    found, _ = write(data, tmp_path)
    assert found["license"] == ["cc-by-4.0", "other"]
    assert found["size_categories"] == ["n<1K"]
    counts = {item["name"]: item["num_examples"] for item in found["dataset_info"]["splits"]}
    assert counts == {"train": 4, "validation": 2, "test": 2}


def test_the_figures_are_those_of_the_tables(data: DataSet, tmp_path: Path) -> None:
    _, text = write(data, tmp_path)
    assert "| accepted | 3 | 42.9 % |" in text
    assert "| refused | 1 | 14.3 % |" in text
    assert "| train | 2 | 2 | 4 |" in text
    assert "Found twice: 1 near, 1 exact." in text
    assert f"| augmented/children.csv | {data.version} |" in text


def test_names_are_shown_as_they_are(data: DataSet, tmp_path: Path) -> None:
    _, text = write(data, tmp_path)
    page = MarkdownIt("commonmark").enable("table").render(text)
    assert "<td>Ann &lt;b&gt;&amp; 'Sons'&lt;/b&gt; | &quot;Co&quot;</td>" in page
    assert "nobody is named" not in page
    assert "<td>none given</td>" in page


@pytest.mark.parametrize(
    "text", ["[x](javascript:y)", "`a`", "![i](u)", "a\n# b", "<img src=x>", "&lt;"]
)
def test_nothing_is_markup(text: str) -> None:
    shown = MarkdownIt("commonmark").render(f"a {plain(text)}")
    assert shown.count("<") == 2  # of the paragraph
    assert "&lt;lt;" not in shown


def test_after_review(curated: Callable[[], DataSet], tmp_path: Path) -> None:
    _, text = write(curated(), tmp_path)
    assert "| accepted | 3 |" in text


def test_one_licence_is_no_list(data: DataSet) -> None:
    known = dataclasses.replace(data, pairs=data.pairs.assign(license="CC0-1.0"))
    assert header(known)["license"] == "cc0-1.0"

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from lineart.metrics.table import SCORES
from pipelines.failed import Failed
from pipelines.report import tables
from pipelines.report.html import Folders, ReportSettings, summary, write_report
from pipelines.report.records import Record


class Page(HTMLParser):
    """What a browser would fetch for a page, where it can be jumped to, and from where."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.places: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside.append(tag)
        for name, value in attributes:
            if name in ("src", "srcset", "poster", "data", "action") or (
                name == "href" and tag != "a"
            ):
                self.fetched.append(value or "")
            if name == "id":
                self.places.append(value or "")
            if name == "href" and tag == "a":
                self.links.append(value or "")
            if name in ("title", "data-value"):
                self.words.append(value or "")

    def handle_data(self, data: str) -> None:
        if self.inside[-1:] not in (["script"], ["style"]):
            self.words += data.split()


def write(project: Path, records: list[Record]) -> str:
    data = project / "data"
    folders = Folders(data / "pairs", data / "checked", data / "splits", data / "augmented")
    out = project / "reports" / "index.html"
    frame = tables.leaderboard(records)
    settings = ReportSettings(rows=2, picture=64, failures=1)
    write_report(out, frame, records, "0" * 32, folders, settings)
    return out.read_text()


def test_the_page_loads_nothing(project: Path, records: list[Record]) -> None:
    text = write(project, records)
    page = Page(text)
    assert (
        len(page.fetched) > 2 * 2 * 4 + 2 * 3 * 4 + 2 + 1
    )  # grids, portraits, one pair, one sheet
    assert all(uri.startswith("data:image/webp;base64,") for uri in page.fetched)
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in text.partition("<script>")[2]


def test_every_link_leads_somewhere(project: Path, records: list[Record]) -> None:
    page = Page(write(project, records))
    assert len(page.places) == len(set(page.places))
    assert {link.removeprefix("#") for link in page.links} <= set(page.places)
    for model in ("clearnet", "dark_threshold"):
        for place in ("worst", "median", "best", "curves"):
            assert f"#model-{model}-{place}" in page.links


def test_no_cell_says_nan_or_none(project: Path, records: list[Record]) -> None:
    page = Page(write(project, records))
    assert "originals" in page.words
    assert not {"nan", "NaN", "None", "inf", "True"} & set(page.words)


def test_the_page_says_what_it_should(project: Path, records: list[Record]) -> None:
    text = write(project, records)
    assert "no ink &lt;at all&gt;" in text
    assert "Drawn by &lt;Nobody &amp; Sons&gt;, CC-BY-SA-4.0" in text
    # two learning curves, two curves of each model, two parts under two protocols
    assert text.count("<svg") == 2 + 2 + 2 * 2
    assert "clearnet is off by 0.0100" in text
    assert "95 % interval 0.0050 to 0.0150" in text
    assert "dark threshold, is off by 0.0500" in text
    assert "cited, not reproduced" in text
    assert "MSE is above its MAE" in text


def test_every_metric_is_on_the_page(project: Path, records: list[Record]) -> None:
    words = " ".join(Page(write(project, records)).words)
    for name, metric in SCORES.items():
        if metric.group != "background" and name != "truth_crispness":
            assert f"({metric.source})" in words, name


def test_a_failure_is_told_of_networks_alone(project: Path, records: list[Record]) -> None:
    text = write(project, records)
    section = text.partition('<section id="failures">')[2].partition("</section>")[0]
    assert "Ink of 25 % of the line pixels is missing" in section
    assert 'data-model="clearnet"' in section
    assert "dark" not in section


def test_the_same_results_make_the_same_page(project: Path, records: list[Record]) -> None:
    assert write(project, records) == write(project, list(reversed(records)))


def test_pictures_go_from_worst_to_best(project: Path, records: list[Record]) -> None:
    text = write(project, records)
    # The errors made up for clearnet are 0.005 (c-0), 0.015 (c-1), 0.015 (d-0), 0.025 (d-1).
    ranks = re.findall(r"<b>(\d) of 2</b>(\S+?)</td>", text)
    assert ranks == [("1", "d-0"), ("2", "c-0"), ("1", "d-1"), ("2", "c-1")]
    portrait = text.partition('id="model-clearnet-worst"')[2]
    assert portrait.index("MAE 0.0150<br>d-0") < portrait.index('id="model-clearnet-best"')
    assert portrait.index('id="model-clearnet-best"') < portrait.rindex("MAE 0.0050<br>c-0")


def test_a_page_without_children(project: Path, records: list[Record]) -> None:
    for record in records:
        scores = record.scores
        scores["children"] = {"pictures": 0}
        (record.scored / "scores.json").write_text(json.dumps(scores))
    text = write(project, records)
    assert "augmented children" not in text.partition("<h3>Children</h3>")[0]
    assert text.count("<svg") == 2 + 2 + 2


def test_a_summary_without_networks(records: list[Record]) -> None:
    frame = tables.leaderboard([records[1]])
    said = summary(frame)
    assert said.startswith("On 2 drawings it has never seen, dark threshold is off by 0.0500")
    assert "does not learn" not in said


def test_a_summary_without_intervals() -> None:
    row = {"model": "canny", "role": "floor", "originals_pictures": 1, "originals_mae": 0.5}
    assert "interval" not in summary(pd.DataFrame([row]))


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match=r"leaderboard\.failures"):
        ReportSettings(failures=0)


def test_failed_rows_are_below_the_table_and_named_at_the_top(
    project: Path, records: list[Record]
) -> None:
    data = project / "data"
    folders = Folders(data / "pairs", data / "checked", data / "splits", data / "augmented")
    out, frame = project / "reports" / "index.html", tables.leaderboard(records)
    failed = [Failed("train@dark_lines", "Its loss is <nan>.")]
    settings = ReportSettings(rows=2, picture=64, failures=1)
    write_report(out, frame, records, "0" * 32, folders, settings, failed=failed)
    text = out.read_text()
    foot = text.partition("<tfoot")[2].partition("</tfoot>")[0]
    assert "dark lines" in foot
    assert "train: Its loss is &lt;nan&gt;." in foot
    assert "1 of 3 rows failed and has no figures" in text.partition("</header>")[0]
    page = Page(text)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.places)
    # Everything else is as it is without them.
    assert "dark lines" not in text.partition("</tfoot>")[2]

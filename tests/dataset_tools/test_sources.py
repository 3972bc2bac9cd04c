import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset_tools.sources import (
    Drawing,
    IngestSettings,
    Made,
    Refused,
    folders,
    list_drawings,
    make_pairs,
    sample,
    write_ingest,
)
from dataset_tools.sources.drawing import safe_id, stable_fraction
from lineart.errors import InputError
from lineart.sets.pairs import read_pairs, read_table


def drawing(name: str, group: str) -> Drawing:
    return Drawing(name, group, "test", "nobody", "CC0-1.0", name, name)


def deliver(folder: Path, render: dict[str, Image.Image], line: dict[str, Image.Image]) -> Path:
    for kind, files in (("render", render), ("line", line)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name, image in files.items():
            image.save(folder / kind / name)
    return folder


def page(
    colour: object = "white", size: tuple[int, int] = (40, 30), mode: str = "RGB"
) -> Image.Image:
    return Image.new(mode, size, colour)  # type: ignore[arg-type]


def ingest(folder: Path, **settings: object) -> tuple[list[Drawing], list[Refused], IngestSettings]:
    chosen = IngestSettings(source="folders", folder=str(folder), **settings)  # type: ignore[arg-type]
    return *list_drawings(chosen), chosen


# --- names and samples


def test_safe_id_keeps_what_file_systems_hold():
    for name in ("0031", "线稿 07", "été", "a-b_c (2)", "😀"):
        assert safe_id(name) == name


@pytest.mark.parametrize(
    "name", ["a/b", "a\nb", "..", "", "v1.2", "a\x00", "x" * 300, "e\u0301", "\udcff"]
)
def test_safe_id_replaces_the_rest_and_stays_unique(name):
    safe = safe_id(name)
    assert safe == safe_id(name)
    assert not set(safe) & set('/\\:*?"<>|.\n\x00')
    assert 0 < len(safe.encode()) <= 72
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    assert safe.endswith("-" + digest[:8])


def test_stable_fraction_is_the_first_digits_of_the_hash():
    # printf '0:cat' | sha256sum -> ecddd8924bb12...
    assert stable_fraction("0:cat") == int("ecddd8924bb12", 16) / 16**13


def test_a_sample_takes_every_group_before_the_second_of_any():
    drawings = [drawing(f"{group}{n}", group) for group in "abcd" for n in range(3)]
    assert {item.group for item in sample(drawings, 4)} == set("abcd")
    assert len(sample(drawings, 7)) == 7
    assert sample(drawings, None) == sorted(drawings, key=lambda item: item.id)
    assert sample(drawings, 400) == sample(drawings, None)


def test_adding_drawings_reshuffles_nothing():
    old = [drawing(f"d{n:02d}", f"d{n:02d}") for n in range(40)]
    new = [drawing(f"e{n:02d}", f"e{n:02d}") for n in range(10)]
    before = {item.id for item in sample(old, 20)}
    after = {item.id for item in sample(old + new, 20)}
    # What left made room for what came; no old drawing came in.
    assert {name for name in after if name.startswith("d")} < before


def test_a_wrong_source_is_answered_with_the_right_ones():
    with pytest.raises(
        InputError, match=r"no source 'folder'.*'folders'.*folders, layered, openmoji"
    ):
        list_drawings(IngestSettings(source="folder"))


# --- folders


def test_folders_match_by_stem_and_refuse_the_rest(tmp_path):
    folder = deliver(
        tmp_path / "in",
        {
            "a.png": page(),
            "b.jpg": page(),
            "lonely.png": page(),
            "two.png": page(),
            "two.jpg": page(),
        },
        {"a.webp": page(), "b.tif": page(), "alone.png": page(), "two.png": page()},
    )
    (folder / "render" / "notes.txt").write_text("hello")
    for left in (".DS_Store", "._a.png", "Thumbs.db", "a.png~", "~$a.png", "#a.png#"):
        (folder / "render" / left).write_bytes(b"x")
    (folder / "render" / "@eaDir").mkdir()
    (folder / "render" / "sub").mkdir()
    drawings, refused, _ = ingest(folder)
    assert [item.id for item in drawings] == ["a", "b"]
    assert [item.group for item in drawings] == ["a", "b"]
    reasons = {item.id: item.reason for item in refused}
    assert "render/lonely.png has no partner" in reasons["lonely"]
    assert "line/alone.png has no partner" in reasons["alone"]
    assert "two.jpg and two.png under one name" in reasons["two"]
    assert "is no picture" in reasons[safe_id("notes.txt")]
    assert "is a folder" in reasons["sub"]
    assert len(refused) == 5


def test_folders_groups_table(tmp_path):
    files = {"a.png": page(), "b.png": page()}
    folder = deliver(tmp_path / "in", files, files)
    table = folder / "groups.csv"
    table.write_text("name,group,artist,license\na,cat,Ada,CC0-1.0\n")
    drawings, _, _ = ingest(folder)
    assert [(d.group, d.artist, d.license) for d in drawings] == [
        ("cat", "Ada", "CC0-1.0"),
        ("b", "unknown", "unknown"),
    ]
    table.write_text("name,group\naa,cat\n")
    with pytest.raises(InputError, match=r"'aa'.*'a'"):
        ingest(folder)
    table.write_text("name,group\na,cat\na,dog\n")
    with pytest.raises(InputError, match="names 'a' twice"):
        ingest(folder)
    table.write_text("file,group\na,cat\n")
    with pytest.raises(InputError, match="wanted are name and any of"):
        ingest(folder)


def test_wrong_layout_says_what_was_looked_for_and_found(tmp_path):
    with pytest.raises(InputError, match=r"ingest\.folder is None"):
        list_drawings(IngestSettings(source="folders"))
    with pytest.raises(InputError, match="There is no folder"):
        ingest(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"no folder render and no folder line.*found it empty"):
        ingest(tmp_path)
    (tmp_path / "Lines").mkdir()
    with pytest.raises(InputError, match=r"looked for .*render/NAME.png.*found 'Lines/'"):
        ingest(tmp_path)
    deliver(tmp_path / "empty", {}, {})
    with pytest.raises(InputError, match="hold no pictures"):
        ingest(tmp_path / "empty")
    deliver(tmp_path / "orphans", {"a.png": page()}, {})
    with pytest.raises(InputError, match=r"None of the 1 things.*has no partner"):
        ingest(tmp_path / "orphans")


def test_pictures_are_shrunk_alike_or_kept_as_delivered(tmp_path):
    big, small = page(size=(400, 300)), page(size=(200, 150))
    folder = deliver(
        tmp_path / "in",
        {"fit.png": big, "odd.png": big, "small.png": page()},
        {"fit.png": big, "odd.png": small, "small.png": page()},
    )
    drawings, _, settings = ingest(folder, size=100)
    made = make_pairs(drawings, settings, tmp_path / "out")
    pairs = {item.pair.id: item.pair for item in made if isinstance(item, Made)}
    sizes = {name: (pair.width, pair.height) for name, pair in pairs.items()}
    assert sizes == {"fit": (100, 75), "odd": (400, 300), "small": (40, 30)}
    _, line = pairs["odd"].pictures(tmp_path / "out")
    assert line.shape == (150, 200)


def test_unreadable_pictures_are_refused_with_a_reason(tmp_path):
    files = {name: page() for name in ("good.png", "cut.png", "text.png", "zero.png")}
    folder = deliver(tmp_path / "in", files, files)
    cut = folder / "render" / "cut.png"
    cut.write_bytes(cut.read_bytes()[:60])
    (folder / "line" / "text.png").write_text("this is no picture")
    (folder / "line" / "zero.png").write_bytes(b"")
    drawings, _, settings = ingest(folder)
    made = make_pairs(drawings, settings, tmp_path / "out")
    refused = {item.id: item.reason for item in made if isinstance(item, Refused)}
    assert sorted(refused) == ["cut", "text", "zero"]
    assert "cannot be read as a picture" in refused["cut"]
    assert "empty (0 bytes)" in refused["zero"]
    assert write_ingest(tmp_path / "out", made, settings) == (1, 3)
    pairs = [item.pair for item in made if isinstance(item, Made)]
    assert read_pairs(tmp_path / "out" / "pairs.csv") == pairs
    assert read_table(tmp_path / "out" / "refused.csv")["id"].tolist() == ["cut", "text", "zero"]
    assert "1 drawings by unknown" in (tmp_path / "out" / "ATTRIBUTION.txt").read_text()
    with pytest.raises(InputError, match="Not one drawing could be read"):
        write_ingest(tmp_path / "none", [Refused("a", "why")], settings)


def deep(path: Path) -> None:
    Image.fromarray(np.full((30, 40), 65535 // 2, np.uint16)).save(path)


def turned(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rows are columns
    image = page("white", (30, 40))
    image.putpixel((0, 39), (0, 0, 0))
    image.save(path, exif=exif)


def palette(path: Path) -> None:
    page("red").convert("P").save(path)


def clear(path: Path) -> None:
    page((0, 0, 0, 0), mode="RGBA").save(path)


def cmyk(path: Path) -> None:
    page((0, 0, 0, 255), mode="CMYK").save(path.with_suffix(".tif"))
    path.with_suffix(".png").unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (deep, (0.5, 0.5, 0.5)),
        (turned, (0, 0, 0)),
        (palette, (1, 0, 0)),
        (clear, (1, 1, 1)),
        (cmyk, (0, 0, 0)),
    ],
)
def test_kinds_of_pictures_are_read_right(tmp_path, make, expected):
    folder = deliver(tmp_path / "in", {}, {"a.png": page()})
    make(folder / "render" / "a.png")
    drawings, _, settings = ingest(folder)
    render, line = folders.read(drawings[0], settings)
    assert render.shape == (30, 40, 3)
    assert render[0, 0] == pytest.approx(expected, abs=0.01)
    assert line.max() == 0


def test_hostile_names_become_pairs(tmp_path):
    names = ["a\nb", "线稿", "😀", "dot.dot"]
    files = {f"{name}.png": page() for name in names}
    folder = deliver(tmp_path / "in", files, files)
    drawings, _, settings = ingest(folder)
    made = make_pairs(drawings, settings, tmp_path / "out")
    pairs = [item.pair for item in made if isinstance(item, Made)]
    assert {pair.id for pair in pairs} == {safe_id(name) for name in names}
    write_ingest(tmp_path / "out", made, settings)
    for pair in read_pairs(tmp_path / "out" / "pairs.csv"):
        pair.pictures(tmp_path / "out")


def test_two_runs_write_the_same_bytes(tmp_path):
    settings = IngestSettings(count=3, size=48)
    trees = []
    for run in ("one", "two"):
        drawings, refused = list_drawings(settings)
        order = drawings if run == "one" else drawings[::-1]
        made = make_pairs(order, settings, tmp_path / run)
        write_ingest(tmp_path / run, [*refused, *made], settings)
        files = sorted(p for p in (tmp_path / run).rglob("*") if p.is_file())
        trees.append({str(p.relative_to(tmp_path / run)): p.read_bytes() for p in files})
    assert len(trees[0]) == 2 * 3 + 4
    assert trees[0] == trees[1]


@pytest.mark.parametrize("wrong", [{"count": 0}, {"size": 8}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=f"ingest.{next(iter(wrong))}"):
        IngestSettings(**wrong)

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dataset_tools.sources import (
    Drawing,
    IngestSettings,
    Refused,
    folders,
    list_drawings,
    make_pairs,
    openmoji,
    sample,
    write_ingest,
)
from dataset_tools.sources.drawing import safe_id, stable_fraction
from lineart.errors import InputError
from lineart.pairs import Pair, read_pairs, read_table


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
    with pytest.raises(InputError, match=r"no source 'folder'.*'folders'.*folders, openmoji"):
        list_drawings(IngestSettings(source="folder"))


# --- openmoji


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("1F600", "1F600"),
        ("1F44B-1F3FD", None),  # a skin tone
        ("1F1E9-1F1EA", None),  # a country's flag
        ("1F3F3-FE0F-200D-1F308", None),  # the rainbow flag
        ("E421", None),  # a flag of OpenMoji's own
        ("0031-FE0F-20E3", "keycap"),
        ("1F567", "clock"),
        ("1F3C3-200D-2640-FE0F-200D-27A1-FE0F", "1F3C3"),  # woman running to the right
        ("1F469-200D-1F680", "person-1F680"),  # astronaut
        ("1F468-200D-1F9B0", "person"),  # man with red hair
        ("1F468-200D-1F469-200D-1F466", "family"),
        ("1F46A", "family"),
        ("1F46B", "person-1F91D"),  # as 1F9D1-200D-1F91D-200D-1F9D1
        ("1F9D1-200D-1F91D-200D-1F9D1", "person-1F91D"),
        ("1F408-200D-2B1B", "1F408"),  # the black cat goes with the cat
        ("2640", "2640"),  # the sign alone is a drawing
    ],
)
def test_openmoji_variants_share_a_group(name, group):
    assert openmoji.group_of(name) == group


def test_openmoji_draws_ink_and_render(tmp_path):
    settings = IngestSettings(count=None, size=72)
    drawings, refused = list_drawings(settings)
    assert len(drawings) > 2000
    assert refused == []
    smile = next(item for item in drawings if item.id == "1F600")
    render, line = openmoji.read(smile, settings)
    assert render.shape == (72, 72, 3)
    assert line.shape == (72, 72)
    assert line[36, 13] > 0.9  # the circle's rim: centre 36, radius 23
    assert render[36, 13].max() < 0.1
    assert line[24, 36] == 0  # forehead: yellow in the render, no ink
    assert render[24, 36] == pytest.approx((0xFC / 255, 0xEA / 255, 0x2B / 255), abs=0.01)
    assert render[2, 2].min() == 1


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">{}</svg>'


def test_svg_keeps_only_ink_layers():
    data = SVG.format('<g id="color"/><defs/><g id="line"/><g id="line-supplement"/><path/>')
    root = openmoji.parse_svg(data.encode(), "x.svg")
    openmoji.keep_ink(root, "x.svg")
    assert [child.tag.split("}")[1] for child in root] == ["defs", "g", "g"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG.format("&a;"), "declares a document type"),
        ("<svg", "no well-formed SVG"),
        ("", "no well-formed SVG"),
        ("<html/>", "its root is <html>"),
    ],
)
def test_hostile_svg_is_one_sentence(data, message):
    with pytest.raises(InputError, match=message):
        openmoji.parse_svg(data.encode(), "x.svg")


def test_svg_without_ink_or_size():
    root = openmoji.parse_svg(SVG.format('<g id="color"/>').encode(), "x.svg")
    with pytest.raises(InputError, match="no ink layer"):
        openmoji.keep_ink(root, "x.svg")
    root.set("viewBox", "0 0 0 0")
    with pytest.raises(InputError, match="cannot be drawn"):
        openmoji.rasterise(root, 16)


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
    (folder / "render" / ".DS_Store").write_bytes(b"x")
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
    sizes = {item.id: (item.width, item.height) for item in made if isinstance(item, Pair)}
    assert sizes == {"fit": (100, 75), "odd": (400, 300), "small": (40, 30)}
    _, line = next(item for item in made if item.id == "odd").pictures(tmp_path / "out")  # type: ignore[union-attr]
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
    pairs = [item for item in made if isinstance(item, Pair)]
    write_ingest(tmp_path / "out", pairs, [item for item in made if isinstance(item, Refused)])
    assert read_pairs(tmp_path / "out" / "pairs.csv") == pairs
    assert read_table(tmp_path / "out" / "refused.csv")["id"].tolist() == ["cut", "text", "zero"]
    assert "1 drawings by unknown" in (tmp_path / "out" / "ATTRIBUTION.txt").read_text()
    with pytest.raises(InputError, match="Not one drawing could be read"):
        write_ingest(tmp_path / "none", [], [Refused("a", "why")])


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
    assert {item.id for item in made} == {safe_id(name) for name in names}
    write_ingest(tmp_path / "out", [item for item in made if isinstance(item, Pair)], [])
    for pair in read_pairs(tmp_path / "out" / "pairs.csv"):
        pair.pictures(tmp_path / "out")


def test_two_runs_write_the_same_bytes(tmp_path):
    settings = IngestSettings(count=3, size=48)
    trees = []
    for run in ("one", "two"):
        drawings, refused = list_drawings(settings)
        order = drawings if run == "one" else drawings[::-1]
        write_ingest(tmp_path / run, make_pairs(order, settings, tmp_path / run), refused)  # type: ignore[arg-type]
        files = sorted(p for p in (tmp_path / run).rglob("*") if p.is_file())
        trees.append({str(p.relative_to(tmp_path / run)): p.read_bytes() for p in files})
    assert len(trees[0]) == 2 * 3 + 3
    assert trees[0] == trees[1]


@pytest.mark.parametrize("wrong", [{"count": 0}, {"size": 8}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match=f"ingest.{next(iter(wrong))}"):
        IngestSettings(**wrong)

"""Tiny stand-ins of known sets, dropped in as docs/sources says."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from dataset_tools.sources import IngestSettings, Made, list_drawings, make_pairs, write_ingest
from lineart.errors import InputError
from lineart.pictures.images import Picture, read_line, read_render, write_line, write_render
from lineart.sets.pairs import read_pairs
from lineart.settings import settings_from

DOCS = Path(__file__).parents[3] / "docs" / "sources"


def settings_of(page: str, folder: Path) -> IngestSettings:
    """The settings that a page of the docs says to write, for another folder."""
    block = (DOCS / page).read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    section = yaml.safe_load(block)["ingest"]
    return settings_from(IngestSettings, section | {"folder": str(folder)}, "ingest")


def figure(number: int, size: int) -> tuple[Picture, Picture]:
    """A coloured box with a black outline, and its ink; no two numbers alike."""
    render, line = np.ones((size, size, 3), np.float32), np.zeros((size, size), np.float32)
    far = size - 4 - number
    line[4:far, 4:far] = 1
    line[6 : far - 2, 6 : far - 2] = 0
    render[4:far, 4:far] = (0.9, 0.1 * number, 0.3)
    render[line > 0] = 0
    return render, line


def test_artline_2k(tmp_path: Path) -> None:
    """Renders and line art under the same names in two folders, of one artist each, in series."""
    delivered = tmp_path / "in"
    for number, name in enumerate(["char_012_a", "char_012_b", "char_013_a"]):
        render, line = figure(number, 96)
        write_render(delivered / "render" / f"{name}.png", render)
        write_line(delivered / "line" / f"{name}.png", line)
    (delivered / "groups.csv").write_text("name,artist\nchar_012_a,Studio\nchar_012_b,Studio\n")
    chosen = settings_of("artline-2k.md", delivered)
    assert (chosen.source, chosen.count, chosen.size) == ("folders", None, 512)
    drawings, refused = list_drawings(chosen)
    made = make_pairs(drawings, chosen, tmp_path / "out")
    assert write_ingest(tmp_path / "out", [*refused, *made], chosen) == (3, 0)
    pairs = read_pairs(tmp_path / "out" / "pairs.csv")
    assert [pair.group for pair in pairs] == ["char_012", "char_012", "char_013"]
    assert [pair.artist for pair in pairs] == ["Studio", "Studio", "unknown"]
    for number, pair in enumerate(pairs):
        found = pair.pictures(tmp_path / "out")
        for mine, theirs in zip(figure(number, 96), found, strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1 / 255)


def test_anime_sketch_colorization_pair(tmp_path: Path) -> None:
    """``data/train`` and ``data/val`` of PNG files twice as wide as high, colour left, sketch right."""
    delivered = tmp_path / "data" / "train"
    for number, name in enumerate(["1000", "1001", "100012"]):
        render, line = figure(number, 64)
        sketch = np.repeat(1 - line[..., None], 3, axis=2) * 0.97  # paper that is not quite white
        write_render(delivered / f"{name}.png", np.concatenate([render, sketch], axis=1))
        write_render(tmp_path / "data" / "val" / f"{name}.png", np.ones((4, 8, 3), np.float32))
    assert read_render(delivered / "1000.png").shape == (64, 128, 3)
    chosen = settings_of("anime-sketch-colorization.md", delivered)
    assert (chosen.source, chosen.count) == ("sheets", 2000)
    drawings, refused = list_drawings(chosen)
    made = make_pairs(drawings, chosen, tmp_path / "out")
    assert write_ingest(tmp_path / "out", [*refused, *made], chosen) == (3, 0)
    pairs = {item.pair.id: item.pair for item in made if isinstance(item, Made)}
    assert set(pairs) == {"1000", "1001", "100012"}
    render, line = figure(1, 64)
    np.testing.assert_allclose(read_render(tmp_path / "out/render/1001.png"), render, atol=1 / 255)
    np.testing.assert_allclose(
        read_line(tmp_path / "out/line/1001.png"), 1 - (1 - line) * 0.97, atol=1 / 255
    )


def test_the_folder_above_the_sheets_is_answered_with_what_is_in_it(tmp_path: Path) -> None:
    for split in ("train", "val"):
        write_render(tmp_path / "data" / split / "1000.png", np.ones((4, 8, 3), np.float32))
    with pytest.raises(
        InputError, match=r"data holds no sheets \(found 'train/', 'val/'\); wanted are"
    ):
        list_drawings(settings_of("anime-sketch-colorization.md", tmp_path / "data"))

"""Make the pictures and the table of docs/augmentation.md from some drawings of the data set.

    python scripts/gallery.py [--pairs data/pairs] [ID ...]

Each op is shown before, at half and at full strength; what changes the line art is shown with it. The default
ids are of the default data set.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from ruamel.yaml import YAML

from dataset_tools.augment import AugmentSettings, Enemies
from dataset_tools.augmentation.child import Scene, augment, child_rng, prepare
from dataset_tools.augmentation.fields import as_bytes
from dataset_tools.augmentation.geometry import Motion, elastic, perspective, turning
from dataset_tools.augmentation.plan import COLOUR, OPS
from dataset_tools.augmentation.scenes import compose
from dataset_tools.augmentation.sheet import Sheet, bare_paper
from dataset_tools.augmentation.solids import blacken, pupils
from dataset_tools.augmentation.warp import layers_of, move
from dataset_tools.augmentation.weight import Drawn, reweigh, stroke_width, taper
from dataset_tools.views.contact import Tile, contact_sheet
from lineart.pictures.images import Picture, fit, write_bytes
from lineart.sets.pairs import Pair, read_pairs
from lineart.settings import settings_from
from pipelines.report.marked import write_between

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/augmentation.md"
PICTURES = ROOT / "docs/images/augmentation"
CELL = 136  # pixels a shown picture
SIDE = 272  # pixels at which ops are done: their texture should be seen in a small cell
IDS = ("1F99B", "1F36F", "1F413", "1F9D5", "1F430", "1F405", "1F415", "1F335")
START, END = "<!-- ops: made by scripts/gallery.py -->", "<!-- end of ops -->"

STILL = np.array([[1.0, 0, 0], [0, 1, 0]])


def main(pairs: Path, ids: Sequence[str]) -> None:
    """Write the pictures and the table."""
    rows = read_pairs(pairs / "pairs.csv")
    by_id = {row.id: row for row in rows}
    unknown = [name for name in ids if name not in by_id]
    if unknown:
        raise SystemExit(f"{unknown[0]} is no drawing of {pairs}; ids stand in its pairs.csv.")
    drawings = [drawing(pairs, by_id[name]) for name in ids]
    for number, name in enumerate(OPS):
        save(name, shown(name, drawings[number % len(drawings)], number))
    save("geometry", moved(drawings[0]))
    save("weight", weights(drawings[1 % len(drawings)]))
    save("solids", blacks(drawings[:2]))
    save("scenes", scene(drawings))
    save("children", children(drawings, AugmentSettings()), cell=112)
    save("painted", children(drawings, released()), cell=112)
    write_between(PAGE, START, END, table())


def drawing(folder: Path, row: Pair) -> Drawn:
    """A drawing at the gallery's size."""
    render, line = (fit(picture, SIDE) for picture in row.pictures(folder))
    return Drawn(render, line, bare_paper(render, line))


def shown(name: str, drawn: Drawn, seed: int) -> list[list[Tile]]:
    """An op of the table: before, at half and at full strength."""
    sheet = Sheet(drawn.line, drawn.bare)
    tiles = [Tile(drawn.render, "before")]
    for strength in (0.5, 1.0):
        after, _ = OPS[name](drawn.render, sheet, np.random.default_rng(seed), strength)
        tiles.append(Tile(after, f"{name} {strength:g}"))
    return [tiles]


def pictures(drawn: Drawn, caption: str) -> list[Tile]:
    """Render and line art, to be stood one above the other."""
    return [Tile(drawn.render, caption), Tile(drawn.line)]


def upright(columns: Sequence[list[Tile]]) -> list[list[Tile]]:
    """Columns of tiles as rows."""
    return [list(row) for row in zip(*columns, strict=True)]


def moved(drawn: Drawn) -> list[list[Tile]]:
    """Rotation and scale, perspective, elastic bending."""
    layers = layers_of(drawn.render, drawn.line, drawn.bare)
    height, width = drawn.line.shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    linear = turning(18, 0.8, flip=True)
    shifts = 0.13 * SIDE * np.array([[1.0, 0.6], [-0.4, 1], [0.3, -0.2], [-1, -0.8]])
    motions = {
        "flip, rotation, scale": Motion(np.column_stack([linear, middle - linear @ middle])),
        "perspective": Motion(STILL, corners=perspective((height, width), shifts)),
        "elastic": Motion(STILL, bend=elastic(1.0, 0.25 * SIDE, 3)),
    }
    after = [pictures(Drawn(*move(layers, motion)), name) for name, motion in motions.items()]
    return upright([pictures(drawn, "before"), *after])


def weights(drawn: Drawn) -> list[list[Tile]]:
    """Thinner, bolder and tapering strokes."""
    width = stroke_width(drawn.line)
    changes = {"thinner": -0.33 * width, "bolder": 0.4 * width}
    after = [pictures(reweigh(drawn, change), name) for name, change in changes.items()]
    tapering, _ = taper(drawn, np.random.default_rng(0), 1.0)
    return upright([pictures(drawn, "before"), *after, pictures(tapering, "tapering")])


def blacks(drawings: Sequence[Drawn]) -> list[list[Tile]]:
    """Drawings before and after some cells became ink, and with pupils."""
    columns = []
    for seed, drawn in enumerate(drawings):
        columns.append(pictures(drawn, "before"))
        for name, op in (("solids", blacken), ("pupils", pupils)):
            after, _ = op(drawn, np.random.default_rng(seed), 1.0)
            columns.append(pictures(after, name))
    return upright(columns)


def scene(drawings: Sequence[Drawn]) -> list[list[Tile]]:
    """Scenes of two, three and four drawings."""
    layers = [layers_of(d.render, d.line, d.bare) for d in drawings]
    columns = []
    for count in (2, 3, 4):
        some = [layers[(count + k) % len(layers)] for k in range(count)]
        drawn, _ = compose(some, Motion(STILL), np.random.default_rng(count), 0.8)
        columns.append(pictures(drawn, f"{count} drawings"))
    return upright(columns)


def released() -> AugmentSettings:
    """The settings with which the data for the weights that ship are made."""
    size = YAML(typ="safe").load((ROOT / "params/release.yaml").read_text(encoding="utf-8"))
    return settings_from(AugmentSettings, size["augment"], "augment")


def children(drawings: Sequence[Drawn], settings: AugmentSettings) -> list[list[Tile]]:
    """Children: a row a drawing."""
    layers = [prepare(d.render, d.line) for d in drawings]
    rows = []
    for number, drawn in enumerate(drawings[:4]):
        row = [Tile(drawn.render)]
        for child in range(1, 6):
            partner = (str(child), layers[(number + child) % len(layers)])
            together = Scene(0.7, child, (partner,)) if child == number + 1 else None
            render, _, _ = augment(
                drawn.render, drawn.line, child_rng(0, str(number), child), settings, scene=together
            )
            row.append(Tile(render))
        rows.append(row)
    return rows


def save(name: str, rows: list[list[Tile]], cell: int = CELL) -> None:
    """Write a contact sheet as a small PNG."""
    file = io.BytesIO()
    Image.fromarray(as_bytes(contact_sheet(rows, cell))).save(file, "PNG", optimize=True)
    write_bytes(PICTURES / f"{name}.png", file.getvalue())


def table() -> str:
    """The ops that change the render alone, in the order in which they are done, as Markdown."""
    settings, lines = (
        AugmentSettings(),
        ["| op | what it does | `params.yaml` |  |", "|---|---|---|---|"],
    )
    for name, op in OPS.items():
        if name in COLOUR:
            where = f"`augment.colour: {settings.colour:g}`"
        else:
            weight, strength = getattr(Enemies(), name)
            where = f"`augment.enemies.{name}: [{weight:g}, {strength:g}]`"
        lines.append(
            f"| `{name}` | {meaning(op)} | {where} | ![{name}](images/augmentation/{name}.png) |"
        )
    return "\n".join(lines)


def meaning(op: Callable[..., tuple[Picture, dict[str, object]]]) -> str:
    """The first sentence of an op's docstring."""
    return " ".join((op.__doc__ or "").split("\n\n")[0].split())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the gallery of docs/augmentation.md.")
    parser.add_argument("--pairs", type=Path, default=ROOT / "data/pairs", help="folder of pairs")
    parser.add_argument("ids", nargs="*", default=IDS, metavar="ID", help="of drawings to show")
    arguments = parser.parse_args()
    main(arguments.pairs, arguments.ids)

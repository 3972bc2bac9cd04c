"""Make the pictures of docs/what-is-a-line.md: a case each, with what the weights that ship make of it.

    python -m scripts.what_is_a_line [MODEL]

The drawings are those of `benchmarks/out_of_distribution`; of some the ink or the paint is changed by an op
of the augmentation, so that one thing can be seen at a time.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.out_of_distribution.drawings import example
from dataset_tools.augmentation.plan import OPS
from dataset_tools.augmentation.sheet import Sheet, bare_paper
from dataset_tools.views.contact import Tile, contact_sheet
from lineart import Extractor
from lineart.extract.style import Style, apply
from lineart.pictures.images import fit, write_render

PICTURES = Path(__file__).resolve().parents[1] / "docs/images/lines"
CELL = 240  # pixels a shown picture

# Name of the case: the drawing, the op that changes it and the seed of what it chooses, the other answer.
CASES: dict[str, tuple[str, tuple[str, int] | None, Style | None]] = {
    "coloured": ("flower", ("coloured", 0), None),
    "pencil": ("hand", ("dry", 2), Style(detail=2)),
    "blacks": ("manga_head", None, Style(blacks="outline")),
    "shadows": ("flower", ("cel", 1), None),
    "dark": ("dark_dress", None, Style(detail=-2)),
    "tone": ("manga_panel", None, Style(clean=30)),
}


def main(model: str) -> None:
    """Write one sheet a case: the picture, its truth, the result, and the other answer."""
    extract = Extractor(model)
    for case, (name, op, other) in CASES.items():
        drawn = example(name)
        render = fit(drawn.render, 640)
        line = fit(drawn.line, 640)
        if op is not None:
            sheet = Sheet(line, bare_paper(render, line))
            render, _ = OPS[op[0]](render, sheet, np.random.default_rng(op[1]), 1.0)
        ink = extract(render)
        tiles = [Tile(render, "picture"), Tile(line, "its line art"), Tile(ink, "result")]
        if other is not None:
            changed = next(
                f"--{key} {value}"
                for key, value in vars(other).items()
                if value != getattr(Style(), key)
            )
            tiles.append(Tile(apply(ink, other), changed))
        write_render(PICTURES / f"{case}.png", contact_sheet([tiles], CELL))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", default="clearnet")
    main(parser.parse_args().model)

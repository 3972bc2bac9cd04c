"""Make docs/images/packages/NAME.webp, a sheet of drawings of each vector package and their line art.

python scripts/packages.py [NAME ...]
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
from PIL import Image

from dataset_tools.sources import SOURCES, IngestSettings, list_drawings
from dataset_tools.sources.packages.catalogue import PACKAGES
from dataset_tools.sources.strokes import OpenmojiSettings
from dataset_tools.views.contact import Tile, contact_sheet
from lineart.pictures.images import write_bytes

PICTURES = Path(__file__).resolve().parents[1] / "docs/images/packages"
COLUMNS, CELL = 9, 110


def main(names: list[str]) -> None:
    """Write the sheets."""
    for name in names or list(PACKAGES):
        settings = IngestSettings(
            name, count=COLUMNS, size=256, openmoji=OpenmojiSettings((0.4, 1.2))
        )
        drawings, _ = list_drawings(settings)
        pairs = [SOURCES[name].read(drawing, settings) for drawing in drawings]
        sheet = contact_sheet([[Tile(pair[kind]) for pair in pairs] for kind in (0, 1)], CELL)
        file = io.BytesIO()
        Image.fromarray(np.round(sheet * 255).astype(np.uint8)).save(file, "WEBP", quality=85)
        write_bytes(PICTURES / f"{name}.webp", file.getvalue())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the sheets of the vector packages.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="of packages; all of them without")
    main(parser.parse_args().names)

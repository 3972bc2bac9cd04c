"""What the page asks for, without the page: pictures read and styled, one at a time."""

from __future__ import annotations

import contextlib
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lineart.errors import InputError
from lineart.extract.batch import is_shortage
from lineart.extract.own import OWN
from lineart.extract.style import Style
from lineart.inference.extractor import Extractor
from lineart.pictures.colours import colour_of
from lineart.web.readings import Made, Reading, made, stored
from lineart.web.uploads import Limits, taken

HIDDEN = " · lines vanish in the background: choose another"
NUMBER = r"(\d+(?:\.\d+)?)"


class Desk:
    """Reads pictures and styles them, one at a time.

    Args:
        folder: where the readings lie; whoever made it deletes it.
        limits: of what is taken in.
    """

    def __init__(self, folder: Path, limits: Limits | None = None):
        self.folder = folder
        self.limits = limits or Limits()
        self._busy = threading.Lock()
        self._model: tuple[str, Extractor] | None = None  # the one that read last

    @property
    def busy(self) -> bool:
        """Whether a picture is being read or styled."""
        return self._busy.locked()

    def read(
        self,
        file: Path,
        model: str,
        progress: Callable[[int, int], None] | None = None,
        background: str = "white",
    ) -> Reading:
        """Read an uploaded file with a model, a name or a path.

        Args:
            file: the upload.
            model: see :func:`lineart.catalogue.store.find_model`.
            progress: called with (done, all) tiles.
            background: the colour that is laid under transparency.

        Raises:
            InputError: if it is no picture, one over the limits, there is no such model, or memory runs out.
        """
        with self._busy, _shortage_said():
            sheet = taken(file, self.limits, colour_of(background))
            extract = self._extractor(model)
            extract.progress = progress
            began = time.perf_counter()
            prepared = extract.manner.prepared(sheet.pixels)
            ink = prepared.back(extract.read(prepared.picture))
            seconds = time.perf_counter() - began
            about = f"{model}, {seconds:.1f} s{HIDDEN if sheet.hidden else ''}"
            about += " · read inverted, for light lines on dark" if prepared.inverted else ""
            about += f" · read at {prepared.size_said}" if prepared.resized else ""
            return stored(sheet.pixels, ink, file.name, about, self.folder, sheet.dpi)

    def style(self, reading: Reading, form: str, style: Style) -> Made:
        """Give a reading a style and a form; no network runs.

        Raises:
            InputError: as :func:`made`.
        """
        with self._busy, _shortage_said():
            return made(reading, form, style)

    def forget(self, reading: Reading | None) -> None:
        """Delete a reading and all that was made of it."""
        if reading is not None:
            shutil.rmtree(reading.folder, ignore_errors=True)

    def _extractor(self, model: str) -> Extractor:
        if self._model is None or self._model[0] != model:
            self._model = None  # before the next one is loaded: never two in memory
            self._model = model, Extractor(model)
        return self._model[1]


@contextlib.contextmanager
def _shortage_said() -> Iterator[None]:
    """Make a sentence of memory that runs out, in whichever library."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if not is_shortage(error):
            raise
        raise InputError(
            "The picture needs more memory than this machine has free; take a smaller one."
        ) from error


def style_of(
    ink: str | None,
    weight: float,
    detail: float,
    clean: float,
    binary: bool,
    close: float = 0,
    own: bool = False,
    paper: str | None = None,
) -> Style:
    """The style that the knobs of the page ask for.

    Raises:
        InputError: for a value out of its range.
    """
    return Style(
        OWN if own else hex_of(ink or "black"),
        float(weight or 0),
        float(detail or 0),
        int(clean or 0),
        bool(binary),
        int(close or 0),
        paper=hex_of(paper or Style.paper),
    )


def hex_of(colour: str) -> str:
    """A colour as a browser's picker writes it, fractions of a level and an alpha included, as ``#rrggbb``.

    Anything else stays as it is, for :func:`lineart.pictures.colours.colour_of` to judge.

    >>> hex_of("rgba(255, 127.6, 0, 1)"), hex_of("navy")
    ('#ff8000', 'navy')
    """
    found = re.fullmatch(rf"rgba?\({NUMBER},\s*{NUMBER},\s*{NUMBER}(?:,\s*{NUMBER})?\)", colour)
    if found is None:
        return colour
    return "#" + "".join(f"{min(round(float(level)), 255):02x}" for level in found.groups()[:3])

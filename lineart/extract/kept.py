"""What has been read of a film that is not written yet, so that a stop does not cost hours.

A film is one file, which is there whole or not at all. Until it is, each frame's ink lies as a picture in a
hidden folder beside it. The same command finds it there; the folder goes when the film is written, and when
it cannot be.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from lineart.extract.style import as_ink
from lineart.pictures.decoding import shown
from lineart.pictures.images import Bytes, Picture, decode_png, encode_png, to_bytes, write_bytes

ABOUT = "made-by.txt"  # what the ink was read from, and by what


class Kept:
    """Reads the frames of a film, or finds what was read of them before.

    Args:
        extract: reads one frame, ``(H, W, 3)`` uint8 to ``(H, W)`` in [0, 1].
        target: the film that is to be written.
        about: names what is read and what reads it; what was kept of anything else is dropped.
    """

    def __init__(self, extract: Callable[[Bytes], Picture], target: Path, about: str):
        self.folder = target.with_name(f".{target.name}.unfinished")
        self._extract, self._about = extract, about.encode("utf-8", "backslashreplace")
        self._number = 0
        with contextlib.suppress(OSError):
            if (self.folder / ABOUT).read_bytes() == self._about:
                return
        self.drop()

    def __call__(self, render: Bytes) -> Picture:
        """The ink of the next frame that has to be read, rounded to 255 steps."""
        self._number += 1
        path = self.folder / f"{self._number:06d}.png"
        with contextlib.suppress(OSError):
            return as_ink(decode_png(path.read_bytes(), grey=True))
        ink = to_bytes(self._extract(render))
        if self._number == 1:
            write_bytes(self.folder / ABOUT, self._about)
        write_bytes(path, encode_png(ink))
        return as_ink(ink)

    def drop(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def kept(
    extract: Callable[[Bytes], Picture], source: Path, target: Path, by: str, notes: list[str]
) -> Iterator[Kept]:
    """A :class:`Kept` for one film; a stop leaves what was read, and notes where.

    Args:
        extract: see :class:`Kept`.
        source: the film that is read.
        target: see :class:`Kept`.
        by: names what reads it.
        notes: gets a sentence.
    """
    file = source.stat()
    about = f"{source.resolve()}\n{file.st_size} {file.st_mtime_ns}\n{by}\n"
    keeping = Kept(extract, target, about)
    try:
        yield keeping
    except Exception:
        keeping.drop()
        raise
    except BaseException:  # a stop
        if keeping.folder.exists():
            notes.append(
                f"What was read of {shown(source)} is kept in {shown(keeping.folder)} until the same "
                f"command is run again."
            )
        raise
    keeping.drop()

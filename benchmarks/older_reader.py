"""The process behind :class:`older.Reader`: it reads pictures with whatever ``lineart`` its path leads to.

That code may be of any age, so nothing is asked of it but ``from lineart import Extractor``. A line of JSON
comes, and one goes back:

    {"model": PATH or null, "options": {...}}             {"seconds": ..., "code": FILE}
    {"picture": PATH or [HEIGHT, WIDTH], "tiles": MOST}   {"seconds": ..., "tiles": READ, "whole": true}
    the end                                               {"megabytes": PEAK}

What cannot be done is answered with ``{"refused": WHY}``.
"""

from __future__ import annotations

import inspect
import json
import os
import platform
import resource
import sys
import time
from pathlib import Path
from typing import Any, TextIO

# Options that change how an answer is come by and not what is compared: left out where they are not taken.
LOOSE = ("tile",)


class Enough(Exception):  # noqa: N818, it is no error
    """As many tiles were read as were asked for."""


class Side:
    """An extractor, and what is known of the picture it reads."""

    def __init__(self) -> None:
        self.extract: Any = None
        self.done = 0  # tiles of the picture
        self.most = 0  # tiles after which it stops; 0 for never
        self.noise: dict[tuple[int, int], Any] = {}  # pictures by height and width

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What a line is answered with."""
        if "model" in asked:
            return self.open(asked["model"], asked["options"])
        return self.read(asked["picture"], asked["tiles"])

    def open(self, model: str | None, options: dict[str, Any]) -> dict[str, Any]:
        """Load a model: the one named, or the one that ships."""
        import lineart
        from lineart import Extractor

        known = inspect.signature(Extractor).parameters
        lacking = [name for name in options if name not in {*known, *LOOSE}]
        if lacking:
            raise ValueError(f"Its Extractor does not know {', '.join(lacking)}.")
        given = {name: value for name, value in options.items() if name in known}
        if "progress" in known:
            given["progress"] = self.count
        named = () if model is None else (Path(model),)
        start = time.perf_counter()
        try:
            self.extract = Extractor(*named, **given)
        except ValueError:
            if not given.keys() & set(LOOSE):
                raise
            kept = {name: value for name, value in given.items() if name not in LOOSE}
            self.extract = Extractor(*named, **kept)
        return {"seconds": time.perf_counter() - start, "code": str(lineart.__file__)}

    def read(self, picture: str | list[int], most: int) -> dict[str, Any]:
        """Read a picture file, or noise of a size."""
        source = Path(picture) if isinstance(picture, str) else self.noise_of(*picture)
        self.done, self.most = 0, most
        whole = True
        start = time.perf_counter()
        try:
            self.extract(source)
        except Enough:
            whole = False
        return {"seconds": time.perf_counter() - start, "tiles": self.done, "whole": whole}

    def count(self, done: int, of: int) -> None:
        """Called by the extractor after each tile."""
        self.done = done
        if self.most and self.most <= done < of:
            raise Enough

    def noise_of(self, height: int, width: int) -> Any:
        """A picture in memory, the same one each time."""
        import numpy as np

        if (height, width) not in self.noise:
            rng = np.random.default_rng(0)
            self.noise[height, width] = rng.integers(0, 256, (height, width, 3), np.uint8)
        return self.noise[height, width]


def peak() -> float:
    """The most memory this process has had, in megabytes."""
    unit = 1 if platform.system() == "Darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def serve(asked: TextIO, answers: TextIO) -> None:
    """Answer line by line until there are no more."""
    side = Side()
    for line in asked:
        try:
            answer = side.answer(json.loads(line))
        except ValueError as error:  # in the project's own words
            answer = {"refused": str(error)}
        except Exception as error:
            answer = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
    print(json.dumps({"megabytes": peak()}), file=answers, flush=True)


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as to_parent:
        os.dup2(2, 1)  # what a library prints is no answer
        serve(sys.stdin, to_parent)

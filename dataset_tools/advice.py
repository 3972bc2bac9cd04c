"""What a doctor says: one line a thing it looked at, and what to do where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lineart.errors import InputError


@dataclass(frozen=True)
class Advice:
    """One thing that was looked at."""

    what: str
    fine: bool
    words: str  # what was seen; if not fine, what to do, too
    stops: bool = True  # if not fine, whether it stops the work

    def line(self, width: int = 9) -> str:
        """It as a line: ``ok``, ``odd`` where something is wrong that stops nothing, or ``BAD``.

        >>> Advice("disk", False, "2 GB are free.", stops=False).line()
        'odd  disk      2 GB are free.'
        """
        mark = "ok " if self.fine else "BAD" if self.stops else "odd"
        return f"{mark}  {self.what:<{width}} {self.words}"


def look(what: str, find: Callable[[], str]) -> Advice:
    """What is found, or the sentence that says why not."""
    try:
        return Advice(what, True, find())
    except InputError as error:
        return Advice(what, False, str(error))


def status_of(seen: Iterable[Advice]) -> int:
    """The exit status: 1 if something stops the work, else 0."""
    return int(any(advice.stops and not advice.fine for advice in seen))

"""The sections of the doctor in one table, and the page they make."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dataset_tools.advice import Advice, status_of
from pipelines import runtime
from pipelines.doctor import disk, libraries, machine, network, precision, project, python
from pipelines.doctor.place import Place, masked

Section = Callable[[Place], Iterable[Advice]]

SECTIONS: dict[str, Section] = {
    "Machine": machine.look,
    "Arithmetic": libraries.arithmetic,
    "Precision": precision.look,
    "Disk": disk.look,
    "Python": python.look,
    "Packages": libraries.packages,
    "Network": network.look,
    "Project": project.look,
}


def examine(place: Place) -> dict[str, list[Advice]]:
    """Every section; one that fails says so, and the others are looked at all the same."""
    return {title: list(_careful(title, section, place)) for title, section in SECTIONS.items()}


def _careful(title: str, section: Section, place: Place) -> Iterator[Advice]:
    try:
        yield from section(place)
    except Exception as error:  # a doctor must not fall ill; what it saw until then is kept
        words = (
            f"could not be looked at further ({type(error).__name__}: {error}); please report it."
        )
        yield Advice(title.lower(), False, words, stops=False)


def as_text(seen: dict[str, list[Advice]], place: Place) -> str:
    """The page: plain text, without a secret, and what is wrong once more at its end."""
    width = max(len(advice.what) for section in seen.values() for advice in section)
    lines = []
    for title, section in seen.items():
        lines += [title, *(f"  {advice.line(width)}" for advice in section), ""]
    everything = [advice for section in seen.values() for advice in section]
    bad = sum(advice.stops for advice in everything if not advice.fine)
    odd = sum(not advice.fine for advice in everything) - bad
    if bad:
        lines.append(f"{bad} BAD: the road stops there; {odd} odd. What to do stands in the line.")
    elif odd:
        lines.append(f"The road can run; {odd} odd, of which the line says what to do.")
    else:
        lines.append("The road can run: nothing is wrong.")
    home = place.environment.get("HOME", "").rstrip("/")
    text = masked("\n".join(lines))
    return re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text) if home else text


def doctor(root: Path) -> int:
    """Print the page; returns the exit status: 1 if something stops the road.

    Args:
        root: of the checkout.
    """
    place = Place(root, runtime.GIVEN)
    seen = examine(place)
    text = as_text(seen, place)
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    print(text.encode(encoding, "replace").decode(encoding))
    return status_of(advice for section in seen.values() for advice in section)

"""Two folders, brought together: which prediction belongs to which truth, or to which several of them.

Names are compared without their endings and as Unicode means them (a Mac spells é in two characters);
``cat.lines.png``, as ``lineart extract`` writes it, is the prediction of ``cat.png``. Pictures in
subfolders are called by their path. A truth is

    TRUTH/NAME.png                        one drawing
    TRUTH/NAME/1.png, TRUTH/NAME/2.png    several of one picture, by several people
    TRUTH/NAME.mat                        the boundaries of BSDS500, of one or several people
"""

from __future__ import annotations

import difflib
import os
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.clutter import is_clutter
from lineart.pictures.decoding import shown
from lineart.pictures.images import READABLE
from lineart.search import MARK

BOUNDARIES = ".mat"


@dataclass(frozen=True)
class Couple:
    """A prediction's file and its truths'."""

    name: str
    prediction: Path
    truths: tuple[Path, ...]  # at least one


def find_couples(predictions: Path, truths: Path) -> tuple[list[Couple], list[str]]:
    """The predictions and truths of two folders that share a name, whatever their endings.

    Returns:
        The couples, by name, and what is to be said of the rest.

    Raises:
        InputError: if a folder has no pictures or two of one name, or a truth has no prediction.
    """
    predicted, _ = _pictures(predictions, READABLE)
    true, others = _pictures(truths, (*READABLE, BOUNDARIES))
    gathered = _gather(predicted, true, truths)
    found = {name: _prediction_of(name, predicted, gathered) for name in gathered}
    missing = sorted(name for name, partner in found.items() if partner is None)
    if missing:
        raise InputError(
            f"{shown(predictions)} lacks {len(missing)} of the {len(found)} pictures in {shown(truths)}, "
            f"'{shown(missing[0])}' for one{_hint(missing[0], predicted)}; a score on a part would not "
            f"compare, so add them."
        )
    used = {name: partner for name, partner in found.items() if partner is not None}
    beside = sorted(name for name, partner in used.items() if name != partner and name in predicted)
    extra = sorted(set(predicted) - set(used.values()) - set(beside))
    notes = []
    if others:
        notes.append(
            f"{len(others)} files among the truths are of no kind that is read, e.g. {others[0]}."
        )
    if extra:
        notes.append(
            f"{len(extra)} predictions have no truth and are left out, e.g. {shown(extra[0])}."
        )
    if beside:
        notes.append(
            f"{len(beside)} predictions lie beside a picture of their name, which is left out, "
            f"e.g. {shown(beside[0])}."
        )
    couples = [
        Couple(shown(name), predicted[partner], tuple(gathered[name]))
        for name, partner in sorted(used.items())
    ]
    return couples, notes


def _prediction_of(name: str, predicted: Container[str], true: Container[str]) -> str | None:
    """The name under which the prediction of a truth lies; a result beats the picture it was made of."""
    shorter = name.removesuffix(MARK)
    for candidate in (name + MARK, name, shorter):
        if candidate in predicted and (candidate == name or candidate not in true):
            return candidate
    return None


def _gather(
    predicted: Mapping[str, Path], true: Mapping[str, Path], folder: Path
) -> dict[str, list[Path]]:
    """The truths of each picture: a folder called as a prediction holds several of that one."""
    inside: defaultdict[str, list[str]] = defaultdict(list)
    for name in true:
        inside[name.rpartition("/")[0]].append(name)
    several = {
        parent: names
        for parent, names in inside.items()
        if parent
        and _prediction_of(parent, predicted, ()) is not None
        and any(_prediction_of(name, predicted, true) is None for name in names)
    }
    both = sorted(set(several) & set(true))
    if both:
        raise InputError(
            f"{shown(folder)} has the truth of '{shown(both[0])}' as a file and as a folder of several; "
            f"put them all into the folder."
        )
    taken = {name for names in several.values() for name in names}
    return {
        **{name: [path] for name, path in true.items() if name not in taken},
        **{parent: [true[name] for name in sorted(names)] for parent, names in several.items()},
    }


def _hint(name: str, predicted: Mapping[str, Path]) -> str:
    """What may be meant instead of a name that is missing."""
    if name.casefold() in (folded := {other.casefold(): other for other in predicted}):
        return f" (there is '{shown(folded[name.casefold()])}', in other capitals)"
    last = name.rpartition("/")[2]
    deeper = sorted(other for other in predicted if other.rpartition("/")[2] == last)
    if deeper:
        return f" (there is '{shown(deeper[0])}'; name the folders in which they lie)"
    near = difflib.get_close_matches(name, predicted, n=1, cutoff=0.8)
    if near:
        return f" (there is '{shown(near[0])}')"
    if "/" in name:
        return " (in a subfolder; one of several truths is called as the prediction they are of)"
    return ""


def _pictures(folder: Path, endings: tuple[str, ...]) -> tuple[dict[str, Path], list[str]]:
    """The files with one of the endings by name, and what else there is."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {shown(folder)}; check the name.")
    found: dict[str, Path] = {}
    others = []
    for path in _walk(folder):
        inside = path.relative_to(folder)
        if path.suffix.lower() not in endings:
            others.append(shown(inside.as_posix()))
            continue
        name = unicodedata.normalize("NFC", inside.with_suffix("").as_posix())
        if name in found:
            raise InputError(_twice(folder, name, found[name], path))
        found[name] = path
    if not found:
        raise InputError(f"{shown(folder)} has no pictures; wanted are {', '.join(endings)} files.")
    return found, others


def _twice(folder: Path, name: str, one: Path, other: Path) -> str:
    spelled = one.stem != other.stem or one.parent != other.parent
    how = ", spelled in two forms of Unicode (NFC and NFD)" if spelled else ""
    return f"{shown(folder)} has two pictures called '{shown(name)}'{how}; keep one."


def _walk(folder: Path) -> Iterator[Path]:
    """The files below a folder, by name, but for what programs leave lying about.

    Raises:
        InputError: if a folder may not be read.
    """

    def refuse(error: OSError) -> None:
        raise InputError(f"{shown(error.filename)} cannot be looked into ({error.strerror}).")

    for where, folders, names in os.walk(folder, onerror=refuse, followlinks=True):
        above = Path(where).parents
        if os.path.realpath(where) in {os.path.realpath(one) for one in above}:
            folders.clear()  # a link to a folder above it would never end
            continue
        folders[:] = sorted(name for name in folders if not is_clutter(name))
        yield from (Path(where, name) for name in sorted(names) if not is_clutter(name))

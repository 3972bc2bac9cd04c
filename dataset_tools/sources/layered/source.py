"""The source of layered files: every ORA, KRA, PSD and SVG file in a folder and the folders within it.

An optional ``groups.csv`` beside them says which files are variants of one drawing, and whom to name where
the file does not (:mod:`dataset_tools.sources.groups`). The drawings of one file are one group.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from dataset_tools.sources.drawing import Drawing, IngestSettings, Refused, folder_of, safe_id
from dataset_tools.sources.files import FileFacts
from dataset_tools.sources.folders import OURS, some_of
from dataset_tools.sources.groups import GROUPS, check_series, groups_of, series_of
from dataset_tools.sources.layered.cutting import cut_out
from dataset_tools.sources.layered.figures import checked, find_figures
from dataset_tools.sources.layered.formats import READERS, read_layers
from lineart.errors import InputError
from lineart.pictures.clutter import is_clutter
from lineart.pictures.decoding import shown
from lineart.pictures.images import Picture, fit, read_file

NAME = "layered"
LARGEST = 8192  # pixels of the longer side at which a vector file is drawn at most


def find(settings: IngestSettings) -> tuple[list[Drawing], list[Refused]]:
    """All drawings in all layered files; what is neither layered file nor clutter is refused by name.

    Raises:
        InputError: if the folder is missing or holds no layered file, or ``groups.csv`` is wrong.
    """
    folder = folder_of(settings)
    endings = ", ".join(READERS)
    if not folder.is_dir():
        raise InputError(
            f"There is no folder {shown(folder)}; looked for files that end in {endings}."
        )
    refused: list[Refused] = []
    files = _files(folder, refused)
    if not files:
        raise InputError(
            f"{shown(folder)} holds no layered file: looked for files that end in {endings}, found "
            f"{some_of(folder)}."
        )
    rows = groups_of(folder / GROUPS, files)
    check_series(files, settings)
    drawings: list[Drawing] = []
    for stem, paths in sorted(files.items()):
        try:
            if len(paths) > 1:
                names = " and ".join(path.name for path in paths)
                raise InputError(f"{names} have one name; leave one of them.")
            drawings += _drawings(paths[0], stem, rows.get(stem, {}), settings, refused)
        except InputError as error:
            refused.append(Refused(safe_id(stem), str(error)))
    return (
        sorted(drawings, key=lambda item: item.id),
        sorted(refused, key=lambda item: (item.id, item.reason)),
    )


def read(drawing: Drawing, settings: IngestSettings) -> tuple[Picture, Picture]:
    """Draw the layers of a drawing, cut out and shrunk to ``settings.size``.

    A vector drawing is drawn once to find its place, and again so that it has that size by itself.

    Raises:
        InputError: if the file or one of its layers cannot be read.
    """
    path, chosen = Path(drawing.render), settings.layered
    data = read_file(path)
    longest = settings.size
    while True:
        document = read_layers(data, path.name, longest)
        figures = {figure.name: figure for figure in find_figures(document, chosen)}
        if drawing.line not in figures:
            raise InputError(
                f"{path.name} has no drawing '{drawing.line}' any more; ingest it again."
            )
        figure = checked(figures[drawing.line], document, chosen)
        cut = cut_out(document, figure, chosen.margin)
        wanted = min(LARGEST, round(longest * settings.size / max(cut.line.shape)))
        if not document.scalable or longest != settings.size or wanted <= longest:
            return fit(cut.render, settings.size), fit(cut.line, settings.size)
        longest = wanted


def files(drawing: Drawing) -> tuple[FileFacts, ...]:
    """None: what is delivered is no raster picture."""
    return ()


def changes(settings: IngestSettings) -> str:
    """What is told beside the attribution."""
    return (
        f"each drawing cut out of its layered file, shrunk to {settings.size} pixels where larger, the "
        f"ink layers alone drawn as line art"
    )


def _files(folder: Path, refused: list[Refused]) -> dict[str, list[Path]]:
    """The layered files below a folder, by their path in it without the ending."""
    found: dict[str, list[Path]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_clutter(name))
        for name in sorted(names):
            path = Path(place, name)
            inside = path.relative_to(folder).as_posix()
            if is_clutter(name) or name.lower() in OURS:
                continue
            if path.suffix.lower() in READERS:
                stem = unicodedata.normalize("NFC", inside.removesuffix(path.suffix))
                found.setdefault(stem, []).append(path)
            else:
                reason = f"{inside} is no layered file that is read ({', '.join(READERS)})."
                refused.append(Refused(safe_id(inside), reason))
    return found


def _drawings(
    path: Path, stem: str, row: dict[str, str], settings: IngestSettings, refused: list[Refused]
) -> list[Drawing]:
    """The drawings of one file; one that cannot be drawn is refused.

    Raises:
        InputError: if the file cannot be read, or has no ink.
    """
    document = read_layers(read_file(path), path.name)
    drawings = []
    for figure in find_figures(document, settings.layered):
        name = safe_id(f"{stem} {figure.name}" if figure.name else stem)
        try:
            checked(figure, document, settings.layered)
        except InputError as error:
            refused.append(Refused(name, str(error)))
            continue
        drawings.append(
            Drawing(
                id=name,
                group=row.get("group") or series_of(stem, settings),
                source=NAME,
                artist=row.get("artist") or document.artist or "unknown",
                license=row.get("license") or document.license or "unknown",
                render=str(path),
                line=figure.name,
            )
        )
    return drawings

"""Two folders of pictures: ``render/NAME.png`` and ``line/NAME.png``, matched by name.

PNG, JPEG, WebP or TIFF, and the two of a pair may differ in kind. An optional ``groups.csv`` beside the two
folders says which drawings are variants of one base drawing, and whom to name
(:mod:`dataset_tools.sources.groups`).
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from dataset_tools.sources.drawing import Drawing, IngestSettings, Refused, folder_of, safe_id
from dataset_tools.sources.files import FileFacts, facts_of
from dataset_tools.sources.groups import GROUPS, check_series, groups_of, series_of
from lineart.errors import InputError
from lineart.pictures.clutter import is_clutter
from lineart.pictures.decoding import shown
from lineart.pictures.images import READABLE, Picture, fit, read_file, read_line, read_render

NAME = "folders"
KINDS = ("render", "line")
OURS = (GROUPS, "readme.md")  # beside the drawings


def find(settings: IngestSettings) -> tuple[list[Drawing], list[Refused]]:
    """Match the pictures of ``render/`` and ``line/`` by the part of the name before the ending.

    Raises:
        InputError: if the folder is missing, empty, laid out otherwise, or ``groups.csv`` is wrong.
    """
    folder = folder_of(settings)
    _check_layout(folder)
    refused: list[Refused] = []
    found = {kind: pictures_in(folder / kind, refused) for kind in KINDS}
    stems = sorted({*found["render"], *found["line"]})
    if not stems:
        raise InputError(
            f"{shown(folder)}/render and {shown(folder)}/line hold no pictures (found "
            f"{some_of(folder / 'render')} and {some_of(folder / 'line')}); wanted are files that end in "
            f"{', '.join(READABLE)}."
        )
    rows = groups_of(folder / GROUPS, stems)
    check_series(stems, settings)
    drawings = []
    for stem in stems:
        reason = _why_not(stem, found["render"].get(stem, []), found["line"].get(stem, []))
        if reason:
            refused.append(Refused(safe_id(stem), reason))
            continue
        row = rows.get(stem, {})
        drawings.append(
            Drawing(
                id=safe_id(stem),
                group=row.get("group") or series_of(stem, settings),
                source=NAME,
                artist=row.get("artist") or "unknown",
                license=row.get("license") or "unknown",
                render=str(found["render"][stem][0]),
                line=str(found["line"][stem][0]),
            )
        )
    return drawings, sorted(refused, key=lambda item: (item.id, item.reason))


def read(drawing: Drawing, settings: IngestSettings) -> tuple[Picture, Picture]:
    """Read both pictures, shrunk alike to ``settings.size``.

    Pictures of different sizes are kept as delivered: shrinking them would hide what qa has to see.

    Raises:
        InputError: if one of them cannot be read.
    """
    render, line = read_render(drawing.render), read_line(drawing.line)
    if render.shape[:2] == line.shape:
        render, line = fit(render, settings.size), fit(line, settings.size)
    return render, line


def files(drawing: Drawing) -> tuple[FileFacts, ...]:
    """The facts of both files.

    Raises:
        InputError: if one of them is no picture.
    """
    return tuple(
        facts_of(read_file(Path(path)), drawing.id, role, f"{role}/{Path(path).name}")
        for role, path in (("render", drawing.render), ("line", drawing.line))
    )


def changes(settings: IngestSettings) -> str:
    """What is told beside the attribution."""
    return f"shrunk to {settings.size} pixels where larger"


def _check_layout(folder: Path) -> None:
    wanted = f"{shown(folder)}/render/NAME.png with {shown(folder)}/line/NAME.png"
    if not folder.is_dir():
        raise InputError(f"There is no folder {shown(folder)}; looked for {wanted}.")
    missing = [kind for kind in KINDS if not (folder / kind).is_dir()]
    if missing:
        raise InputError(
            f"{shown(folder)} has no folder {' and no folder '.join(missing)}: looked for {wanted}, "
            f"found {some_of(folder)}."
        )


def entries(folder: Path) -> list[tuple[Path, bool]]:
    """What is in a folder, by name, and whether each is a folder itself.

    Raises:
        InputError: if the folder may not be read.
    """
    try:
        return [(path, path.is_dir()) for path in sorted(folder.iterdir())]
    except OSError as error:
        raise InputError(f"{shown(folder)} cannot be looked into ({error.strerror}).") from error


def some_of(folder: Path) -> str:
    """The first names in a folder, for a message."""
    names = [
        f"{shown(path.name)}/" if is_dir else shown(path.name) for path, is_dir in entries(folder)
    ]
    if not names:
        return "it empty"
    return ", ".join(f"'{name}'" for name in names[:6]) + (", ..." if len(names) > 6 else "")


def pictures_in(folder: Path, refused: list[Refused]) -> dict[str, list[Path]]:
    """Stem to the pictures of a folder; what is neither picture nor clutter is refused by name.

    Raises:
        InputError: if the folder may not be read.
    """
    found: dict[str, list[Path]] = {}
    for path, is_dir in entries(folder):
        if is_clutter(path.name) or path.name.lower() in OURS:
            continue
        name = f"{folder.name}/{path.name}"
        if is_dir:
            reason = f"{name} is a folder; put pictures directly in {folder.name}/."
            refused.append(Refused(safe_id(path.name), reason))
        elif path.suffix.lower() not in READABLE:
            reason = f"{name} is no picture that is read ({', '.join(READABLE)})."
            refused.append(Refused(safe_id(path.name), reason))
        else:
            # macOS spells é in two characters where others use one
            found.setdefault(unicodedata.normalize("NFC", path.stem), []).append(path)
    return found


def _why_not(stem: str, renders: list[Path], lines: list[Path]) -> str:
    """Why these files are no pair, in one sentence; empty if they are one."""
    for kind, files in (("render", renders), ("line", lines)):
        if len(files) > 1:
            names = " and ".join(file.name for file in files)
            return f"{kind}/ has {names} under one name; leave one of them."
    if not lines:
        return f"render/{renders[0].name} has no partner: there is no line/{stem}.* to go with it."
    if not renders:
        return f"line/{lines[0].name} has no partner: there is no render/{stem}.* to go with it."
    return ""

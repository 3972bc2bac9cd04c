"""Two folders of pictures: ``render/NAME.png`` and ``line/NAME.png``, matched by name.

PNG, JPEG, WebP or TIFF, and the two of a pair may differ in kind. An optional ``groups.csv`` beside them
(columns ``name``, and any of ``group``, ``artist``, ``license``) says which drawings are variants of one
base drawing, and whom to name; nothing is guessed from file names.
"""

from __future__ import annotations

from pathlib import Path

from dataset_tools.sources.drawing import Drawing, IngestSettings, Refused, folder_of, safe_id
from lineart.errors import InputError, unknown_name
from lineart.images import READABLE, Picture, fit, read_line, read_render
from lineart.pairs import read_table

NAME = "folders"
KINDS = ("render", "line")
GROUPS = "groups.csv"
COLUMNS = ("name", "group", "artist", "license")
CLUTTER = ("thumbs.db", "desktop.ini")  # left by file managers, with names that begin with a dot


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
            f"{folder}/render and {folder}/line hold no pictures ({some_of(folder)}); "
            f"wanted are files that end in {', '.join(READABLE)}."
        )
    rows = _groups(folder / GROUPS, stems)
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
                group=row.get("group") or stem,
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


def _check_layout(folder: Path) -> None:
    wanted = f"{folder}/render/NAME.png with {folder}/line/NAME.png"
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}; looked for {wanted}.")
    missing = [kind for kind in KINDS if not (folder / kind).is_dir()]
    if missing:
        raise InputError(
            f"{folder} has no folder {' and no folder '.join(missing)}: looked for {wanted}, "
            f"found {some_of(folder)}."
        )


def some_of(folder: Path) -> str:
    """The first names in a folder, for a message."""
    names = sorted(f"{item.name}/" if item.is_dir() else item.name for item in folder.iterdir())
    if not names:
        return "it empty"
    return ", ".join(repr(name) for name in names[:6]) + (", ..." if len(names) > 6 else "")


def pictures_in(folder: Path, refused: list[Refused]) -> dict[str, list[Path]]:
    """Stem to the pictures of a folder; what is neither picture nor clutter is refused by name."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.lower() in CLUTTER:
            continue
        if path.is_dir():
            reason = (
                f"{folder.name}/{path.name} is a folder; put pictures directly in {folder.name}/."
            )
            refused.append(Refused(safe_id(path.name), reason))
        elif path.suffix.lower() not in READABLE:
            reason = (
                f"{folder.name}/{path.name} is no picture that is read ({', '.join(READABLE)})."
            )
            refused.append(Refused(safe_id(path.name), reason))
        else:
            found.setdefault(path.stem, []).append(path)
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


def _groups(table: Path, stems: list[str]) -> dict[str, dict[str, str]]:
    """The rows of ``groups.csv`` by name; empty if there is no such file."""
    if not table.is_file():
        return {}
    frame = read_table(table).astype(str)
    wrong = [str(column) for column in frame.columns if column not in COLUMNS]
    if wrong or "name" not in frame.columns:
        raise InputError(
            f"{table} has the columns {', '.join(map(str, frame.columns))}; wanted are name and any of "
            f"{', '.join(COLUMNS[1:])}."
        )
    rows: dict[str, dict[str, str]] = {}
    for record in frame.to_dict("records"):
        row = {str(key): str(value).strip() for key, value in record.items()}
        name = row["name"]
        if name not in stems:
            raise unknown_name(f"drawing for {GROUPS}:", name, stems[:2000])
        if name in rows:
            raise InputError(f"{table} names '{name}' twice; leave one row.")
        rows[name] = row
    return rows

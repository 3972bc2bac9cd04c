"""The sizes of the road: `params/NAME.yaml` lists the keys that differ from `params/default.yaml`.

Both are laid over the params file, the default first, so that nothing is left of the size before.

Comments and all other keys stay as they are, so that switching there and back changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.representer import RoundTripRepresenter

from lineart.errors import InputError, unknown_name
from lineart.pictures.clutter import without_clutter
from lineart.pictures.images import write_text
from pipelines.params import FILE

FOLDER = "params"
DEFAULT = "default"


def switch(size: str, root: Path) -> list[str]:
    """Lay ``params/default.yaml`` and ``params/SIZE.yaml`` over ``params.yaml``.

    Returns:
        A line for each key that changed, and a last one that says what to do next.

    Raises:
        InputError: for a size that does not exist, or a key that the params file does not have.
    """
    folder = root / FOLDER
    known = [path.stem for path in without_clutter(folder.glob("*.yaml"), folder)]
    if size not in known:
        raise unknown_name("size", size, known)
    yaml = YAML()
    yaml.width = 4096  # lines are not folded
    yaml.representer.add_representer(type(None), _null)
    path = root / FILE
    params = _read(yaml, path)
    wanted = _read(yaml, root / FOLDER / f"{DEFAULT}.yaml")
    if size != DEFAULT:
        list(_lay_over(wanted, _read(yaml, root / FOLDER / f"{size}.yaml"), ""))
    changes = list(_lay_over(params, wanted, ""))
    if not changes:
        return [f"{FILE} is at the size {size} already."]
    text = io.StringIO()
    yaml.dump(params, text)
    write_text(path, text.getvalue())
    return [*changes, f"{FILE} is at the size {size} now; `make repro` runs it."]


def _read(yaml: YAML, path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"))
    except YAMLError as error:
        raise InputError(
            f"{path} cannot be read as YAML: {' '.join(str(error).split())}."
        ) from error


def _null(representer: RoundTripRepresenter, value: None) -> Any:
    """Empty values are spelled out, as the file does."""
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _lay_over(
    target: MutableMapping[str, Any], source: Mapping[str, Any], prefix: str
) -> Iterator[str]:
    for key, value in source.items():
        name = f"{prefix}{key}"
        if key not in target:
            raise InputError(
                f"{FILE} or {FOLDER}/{DEFAULT}.yaml has no key {name}; add it, then switch the size."
            )
        if isinstance(value, Mapping):
            yield from _lay_over(target[key], value, f"{name}.")
        elif target[key] != value:
            yield f"{name}: {_spell(target[key])} -> {_spell(value)}"
            target[key] = value


def _spell(value: object) -> str:
    return "null" if value is None else str(value)

"""Settings are small frozen dataclasses; this turns a mapping into one and refuses what it does not know.

Every stage has one such class, next to the function it steers. A field's meaning stands beside it
in a comment, its range is checked in ``__post_init__`` with :func:`require`.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml

from lineart.errors import InputError, unknown_name

T = TypeVar("T")


class _Loader(yaml.SafeLoader):
    """YAML as DVC reads the same file: ``1e-3`` is a number, and a key stands in a table once."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        known = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in known:
                raise yaml.composer.ComposerError(
                    None, None, f"the key '{key.value}' stands twice", key.start_mark
                )
            known.add(key.value)
        return node


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+$"), list("-+0123456789")
)


def require(condition: bool, setting: str, value: object, wanted: str) -> None:
    """Refuse a setting out of its range.

    Raises:
        InputError: naming the setting, the value that came and what was wanted.
    """
    if not condition:
        raise InputError(f"The setting {setting} is {value!r}; it must be {wanted}.")


def settings_from(cls: type[T], values: Mapping[str, Any] | None, section: str) -> T:
    """Build the settings class ``cls`` from the mapping found in ``section`` of the params file.

    Nested dataclasses are built from nested mappings. Integers are taken where a float is wanted.

    Raises:
        InputError: for a key the class does not have (with the nearest right one), a missing key,
            or a value of the wrong type.
    """
    values = {} if values is None else values
    if not isinstance(values, Mapping):
        raise InputError(f"The setting {section} is {values!r}; it must be a table of keys.")
    assert dataclasses.is_dataclass(cls)
    hints = typing.get_type_hints(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}
    for key in values:
        if key not in fields:
            raise unknown_name("setting", f"{section}.{key}", (f"{section}.{f}" for f in fields))
    built: dict[str, Any] = {}
    for name, field in fields.items():
        where = f"{section}.{name}"
        if name not in values:
            needed = (
                field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            )
            if needed:
                raise InputError(f"The setting {where} is missing; give it a value.")
            continue
        built[name] = _convert(values[name], hints[name], where)
    return cls(**built)


def read_file(path: Path | str) -> dict[str, Any]:
    """The sections of a params file by name, as YAML has them; none for an empty file.

    Raises:
        InputError: if there is no such file, it is no YAML, or it is no table of sections.
    """
    try:
        content = yaml.load(Path(path).read_text(encoding="utf-8"), _Loader)
    except FileNotFoundError as error:
        raise InputError(f"There is no {path}; run in the project's folder.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path} cannot be read as YAML: {reason}.") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InputError(f"{path} holds no sections; wanted is a table such as `ingest: {{...}}`.")
    return {str(name): section for name, section in content.items()}


def read_section(path: Path | str, section: str, cls: type[T]) -> T:
    """The settings of one section of a params file; its defaults if there is no such section.

    Raises:
        InputError: as :func:`read_file` and :func:`settings_from`.
    """
    return settings_from(cls, read_file(path).get(section), section)


def _convert(value: Any, hint: Any, where: str) -> Any:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    for option in options:
        if option is type(None):
            if value is None:
                return None
        elif dataclasses.is_dataclass(option) and isinstance(option, type):
            return settings_from(option, value, where)
        elif option is float:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value)
        elif option is int:
            if isinstance(value, int) and not isinstance(value, bool):
                return value
        elif typing.get_origin(option) is tuple:
            if isinstance(value, list | tuple):
                item = typing.get_args(option)[0]
                return tuple(_convert(v, item, f"{where}[{i}]") for i, v in enumerate(value))
        elif typing.get_origin(option) is dict:
            if isinstance(value, Mapping):
                item = typing.get_args(option)[1]
                return {str(k): _convert(v, item, f"{where}.{k}") for k, v in value.items()}
        elif isinstance(value, option):
            return value
    names = " or ".join(_spell(option) for option in options)
    raise InputError(f"The setting {where} is {value!r}; it must be {names}.")


def _spell(hint: Any) -> str:
    if typing.get_origin(hint) is tuple:
        return "a list"
    if typing.get_origin(hint) is dict:
        return "a table"
    return {
        int: "a whole number",
        float: "a number",
        str: "text",
        bool: "true or false",
        type(None): "empty",
    }.get(hint, str(hint))

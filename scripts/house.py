"""The house from the code: `python -m scripts.house` writes rooms and arrows into docs/architecture.md.

What is said of a room is the first sentence of its docstring.

A room is a folder or a file right below a package; an arrow leads from a room to one that it imports. What
follows from other arrows is left out, so that the drawing can be read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

from pipelines.report.marked import write_between

ROOT = Path(__file__).parents[1]
PACKAGES = ("lineart", "dataset_tools", "pipelines")  # each may import those before it
PAGE = ROOT / "docs" / "architecture.md"
MARKS = "<!-- drawn by `python -m scripts.house` -->", "<!-- end of the drawing -->"
DOORS = ("__init__", "__main__")  # of a package; they are no rooms

MODULE = re.compile(rf"({'|'.join(PACKAGES)})(\.\w+)+")
# Names the module that MLflow calls, in a file that MLflow reads.
NAMES_ONLY = (ROOT / "pipelines" / "tracking" / "servable.py",)

Graph = Mapping[str, set[str]]


def files(package: str) -> list[Path]:
    """The modules of a package."""
    return sorted((ROOT / package).rglob("*.py"))


def file_of(module: str) -> Path | None:
    """The file of a module of ours, by its whole name; None for what is none of ours."""
    if module.partition(".")[0] not in PACKAGES:
        return None
    path = ROOT / Path(*module.split("."))
    found = (each for each in (path.with_suffix(".py"), path / "__init__.py") if each.exists())
    return next(found, None)


def imported(path: Path, typing: bool = True) -> set[Path]:
    """The files of ours that one imports, inside functions, too.

    A name that a package gives lazily leads to the module that has it. A text that is a module's whole name,
    alone or before a colon, is taken for an import, for that is how commands, settings and lazy names are
    found. Not seen are names that are put together, such as those of models and stages, and the ``__init__``
    of a package that is run on the way to a module in it.

    Args:
        path: of the one.
        typing: whether what is imported for types alone counts.
    """
    found: set[Path | None] = set()
    for node in _walk(ast.parse(path.read_text(encoding="utf-8")), typing):
        if isinstance(node, ast.Import):
            found |= {file_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {_named(str(node.module), alias.name) for alias in node.names}
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and path not in NAMES_ONLY
        ):
            module, attribute, _ = node.value.partition(":")
            home = file_of(module) if MODULE.fullmatch(module) else None
            # The name of a package alone may be that of a setting: `pipelines.workers`.
            if home is not None and (attribute or home.name != "__init__.py"):
                found.add(home)
    return {each for each in found if each is not None and each != path}


def _named(module: str, name: str) -> Path | None:
    """The file behind ``from module import name``."""
    found = file_of(f"{module}.{name}") or file_of(module)
    if found is not None and found.name == "__init__.py":
        home = lazy_names(found).get(name)
        return found if home is None else file_of(home)
    return found


def lazy_names(package: Path) -> dict[str, str]:
    """What an ``__init__`` gives by :func:`lineart.lazy.lazily`: name to module."""
    for node in ast.walk(ast.parse(package.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazily":
            found: dict[str, str] = ast.literal_eval(node.args[1])
            return found
    return {}


def _walk(node: ast.AST, typing: bool) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if typing or not _only_types(child):
            yield from _walk(child, typing)


def _only_types(node: ast.AST) -> bool:
    """Whether it is ``if TYPE_CHECKING:``."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def room_of(path: Path) -> str:
    """The room a file lies in, ``package/room``.

    >>> room_of(ROOT / "lineart" / "metrics" / "lines.py"), room_of(ROOT / "lineart" / "runs.py")
    ('lineart/metrics', 'lineart/runs')
    """
    return "/".join(path.relative_to(ROOT).with_suffix("").parts[:2])


def rooms() -> dict[str, set[str]]:
    """Each room of each package with the rooms that it imports."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in files(package):
            others = found.setdefault(room_of(path), set())
            others |= {room_of(other) for other in imported(path)} - {room_of(path)}
    return found


def inside_of(package: str, graph: Graph) -> dict[str, list[str]]:
    """The rooms of one package, each with those of the same that it imports, in the order of their names."""
    rooms = {room for room in graph if room.startswith(f"{package}/")}
    rooms -= {f"{package}/{door}" for door in DOORS}
    return {room: sorted(graph[room] & rooms) for room in sorted(rooms)}


def listed(package: str, graph: Graph) -> str:
    """The rooms of one package as a Markdown table: those that lean on others before these."""
    order = TopologicalSorter(inside_of(package, graph)).static_order()
    lines = ["| room | |", "| --- | --- |"]
    lines += [f"| `{room.rpartition('/')[2]}` | {sentence(room)} |" for room in [*order][::-1]]
    return "\n".join(lines)


def sentence(room: str) -> str:
    """What a room is: the first sentence of its docstring."""
    path = ROOT / room
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first = " ".join(text.partition("\n\n")[0].split())
    return re.sub(r":\w+:(?=`)", "", first).replace("``", "`").replace("|", "\\|")


def drawn(package: str, graph: Graph) -> str:
    """One package as a Mermaid flowchart."""
    inside = inside_of(package, graph)
    below: dict[str, set[str]] = {}
    for room in TopologicalSorter(inside).static_order():
        below[room] = set(inside[room]).union(*(below[other] for other in inside[room]))
    lines = ["```mermaid", "flowchart TD"]
    lines += [f'  {_name(room)}["{room.rpartition("/")[2]}"]' for room in inside]
    for room, others in inside.items():
        through = set[str]().union(*(below[other] for other in others))
        lines += [f"  {_name(room)} --> {_name(other)}" for other in others if other not in through]
    return "\n".join([*lines, "```"])


def _name(room: str) -> str:
    return room.replace("/", "_")


def main() -> None:
    """Write the drawing."""
    graph = rooms()
    parts = [
        f"### `{package}/`\n\n{listed(package, graph)}\n\n{drawn(package, graph)}"
        for package in reversed(PACKAGES)
    ]
    write_between(PAGE, *MARKS, "\n\n".join(parts))


if __name__ == "__main__":
    main()

"""Augmented sets on disk: tar shards in the WebDataset layout, and the table of what is in them.

A shard ``SPLIT-000000.tar`` holds for each child three members, ``KEY.json``, ``KEY.line.png`` and
``KEY.render.png``. Everything that could differ between two runs (time, owner, order) is fixed, so equal
content is equal bytes. ``children.csv`` beside the shards has one row a child; it is written last, so a
table that is there is whole. Child 0 of a parent is the drawing itself, untouched.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lineart.errors import InputError
from lineart.pictures.images import Bytes, decode_png, encode_png, write_bytes
from lineart.sets.pairs import read_table, sha256

TABLE = "children.csv"
SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Child:
    """One row of ``children.csv``."""

    key: str  # PARENT-NUMBER
    parent: str  # id of the pair it was made from
    number: int  # 0 for the untouched original
    split: str
    group: str
    shard: str  # file name of the tar
    width: int
    height: int
    sha256: str  # of the render's PNG followed by the line art's
    recipe: str  # JSON: what was done to the parent, in order


def write_shard(path: Path, children: Iterable[tuple[Child, bytes, bytes]]) -> None:
    """Write (child, render PNG, line PNG) triples as one tar, whole or not at all.

    The children are sorted by key; no member has a time or an owner.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for child, render, line in sorted(children, key=lambda item: item[0].key):
            about = {
                "parent": child.parent,
                "child": child.number,
                "recipe": json.loads(child.recipe),
            }
            members = {
                f"{child.key}.json": json.dumps(about, sort_keys=True).encode(),
                f"{child.key}.line.png": line,
                f"{child.key}.render.png": render,
            }
            for name, data in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    write_bytes(path, buffer.getvalue())


def encode_child(render: Any, line: Any) -> tuple[bytes, bytes, str]:
    """PNG bytes of a render and of a line art (ink 1 in, black ink out), and their common digest."""
    render_png, line_png = encode_png(render), encode_png(1 - line)
    return render_png, line_png, sha256(render_png + line_png)


def data_digest(folder: Path) -> str:
    """What tells one augmented set from another, 12 hexadecimal digits: the table holds every picture's hash.

    Raises:
        InputError: if there is no table.
    """
    try:
        return sha256((folder / TABLE).read_bytes())[:12]
    except FileNotFoundError as error:
        raise InputError(
            f"There is no table {folder / TABLE}; run the stage that makes it first."
        ) from error


class Shards:
    """Random access to the children of one split.

    Holds only offsets; a picture is read and decoded when asked for. Safe to hand to worker processes.

    Args:
        folder: where ``children.csv`` and the tars are.
        split: ``train``, ``val`` or ``test``.

    Raises:
        InputError: if there is no such set, or the split is empty.
    """

    def __init__(self, folder: Path, split: str):
        self.folder = Path(folder)
        table = read_table(self.folder / TABLE)
        rows = table[table["split"] == split].to_dict("records")
        self.children = [Child(**{str(k): v for k, v in row.items()}) for row in rows]
        if not self.children:
            raise InputError(
                f"The split '{split}' of {folder} is empty; add drawings or change `split`."
            )
        self._offsets: dict[str, tuple[int, int]] = {}
        for shard in sorted({child.shard for child in self.children}):
            with tarfile.open(self.folder / shard) as tar:
                for member in tar:
                    self._offsets[f"{shard}/{member.name}"] = (member.offset_data, member.size)

    def __len__(self) -> int:
        return len(self.children)

    def __getitem__(self, index: int) -> tuple[Bytes, Bytes]:
        """Render ``(H, W, 3)`` RGB and ink ``(H, W)`` (255 is ink), both uint8."""
        child = self.children[index]
        render = decode_png(self._bytes(child, "render.png"), grey=False)
        return render, 255 - decode_png(self._bytes(child, "line.png"), grey=True)

    def _bytes(self, child: Child, ending: str) -> bytes:
        offset, size = self._offsets[f"{child.shard}/{child.key}.{ending}"]
        with (self.folder / child.shard).open("rb") as shard:
            shard.seek(offset)
            return shard.read(size)

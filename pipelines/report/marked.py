"""Parts of a Markdown page that a command writes: what stands between two comments."""

from __future__ import annotations

from pathlib import Path

from lineart.errors import InputError
from lineart.pictures.images import write_text


def between(page: str, begin: str, end: str, text: str) -> str:
    """The text of a page with another part between two comments.

    >>> between("a\\n<!-- b -->\\nold\\n<!-- e -->\\nz\\n", "<!-- b -->", "<!-- e -->", "new")
    'a\\n<!-- b -->\\n\\nnew\\n\\n<!-- e -->\\nz\\n'

    Raises:
        InputError: if it does not have each comment once, in order.
    """
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found or begin in after or end in before + after:
        raise InputError(
            f"The page has no place for what is written: it needs the line {begin} and, below it, the line "
            f"{end}, each once."
        )
    return f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"


def write_between(page: Path, begin: str, end: str, text: str) -> None:
    """Write a part of a page; the rest of it stays.

    Raises:
        InputError: as :func:`between`, or if the page cannot be written.
    """
    write_text(page, between(page.read_text(encoding="utf-8"), begin, end, text))

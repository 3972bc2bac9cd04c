"""What programs leave lying about in folders, and nobody means by them: no drawing, no result, no code.

File managers, editors, sync and office programs, Python. Whoever walks a folder passes over these names, and
so do DVC and its digests: `.dvcignore` has the same patterns, or a look into `drawings/` would run everything
again.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

# Of one part of a path, as Git spells them.
PATTERNS = (
    ".*",  # all that is hidden: .DS_Store, ._cat.png, .cat.swp, .#cat, .directory, .stfolder, .Trash-1000
    "*~",  # an editor's copy of before
    "#*#",  # Emacs' unsaved changes
    "~$*",  # an office program has it open
    "~*.tmp",  # half written, by Photoshop, an office program or Syncthing
    "[Tt]humbs.db",
    "ehthumbs*.db",
    "[Dd]esktop.ini",
    "$RECYCLE.BIN",
    "System Volume Information",
    "lost+found",
    "@eaDir",  # of network drives, as the next
    "#recycle",
    "__MACOSX",
    "Icon[!A-Za-z0-9_ .-]",  # of a folder on a Mac: its name ends in a carriage return
    "*:Zone.Identifier",  # where a download came from, as WSL shows it
    "__pycache__",
    "*.py[co]",
)


def is_clutter(name: str) -> bool:
    """Whether a file or folder of this name is left by a program.

    >>> is_clutter("._cat.png"), is_clutter("train.py~"), is_clutter("cat.png")
    (True, True, False)
    """
    return any(fnmatchcase(name, pattern) for pattern in PATTERNS)


def without_clutter(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Those of some paths below a folder that are neither clutter nor in it, in the order of their names."""
    return sorted(
        path for path in paths if not any(map(is_clutter, path.relative_to(folder).parts))
    )

"""A clone has the bytes of the repository, also where Git turns line ends into those of Windows."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
WHERE = ("lineart", "dataset_tools", "pipelines", "params", "docs", "data/splits", "tests/data")


def git(folder: Path, ends: str, *arguments: str) -> None:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    command = ["git", *who, "-c", f"core.autocrlf={ends}", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_a_clone_with_the_line_ends_of_windows_has_the_same_bytes(tmp_path: Path) -> None:
    """One file of every kind there is, and an artist's drawing that was made on Windows."""
    kinds = {
        path.suffix: path
        for place in WHERE
        for path in sorted((ROOT / place).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    kinds |= {name: ROOT / name for name in ("Makefile", "dvc.yaml", "params.yaml", ".dvcignore")}
    assert {".py", ".csv", ".json", ".yaml", ".svg", ".css", ".j2", ".png", ".onnx"} <= set(kinds)
    here, clone = tmp_path / "here", tmp_path / "clone"
    (here / "drawings").mkdir(parents=True)
    files = {f"kind{kind}": path.read_bytes() for kind, path in kinds.items()}
    files["drawings/cat.svg"] = b"<svg>\r\n</svg>\r\n"
    for name, content in files.items():
        (here / name).write_bytes(content)
    shutil.copy(ROOT / ".gitattributes", here)
    git(here, "false", "init", "-q")
    git(here, "false", "add", "-A")
    git(here, "false", "commit", "-q", "-m", "as it is")
    git(tmp_path, "true", "clone", "-q", str(here), str(clone))
    changed = [name for name, content in files.items() if (clone / name).read_bytes() != content]
    assert changed == []

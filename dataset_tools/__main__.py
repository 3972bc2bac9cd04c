"""`python -m dataset_tools`: a look at a data set, and hands for it, beside the stages of the road."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataset_tools.review import command as review
from lineart.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        return run(options)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="python -m dataset_tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_diff(commands)
    add_align(commands)
    review.add_arguments(commands)
    return parser


def add_diff(commands: Any) -> None:
    """The arguments of `diff`."""
    diff = commands.add_parser("diff", help="what two versions of a data set differ in")
    where = "a project's folder, a data folder, a table of pairs, or a Git revision"
    diff.add_argument("one", metavar="A", help=where)
    diff.add_argument("other", metavar="B", help="likewise")
    diff.add_argument("--json", action="store_true", help="all names, for machines")


def add_align(commands: Any) -> None:
    """The arguments of `align`."""
    align = commands.add_parser("align", help="move line arts that are only shifted to their place")
    align.add_argument("pairs", metavar="PAIRS", type=Path, help="the folder data/pairs")
    align.add_argument("checked", metavar="CHECKED", type=Path, help="the folder data/checked")
    align.add_argument("out", metavar="OUT", type=Path, help="gets render/ and line/")


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for; returns the exit status."""
    if options.command == "review":
        return review.run(options)
    return align(options) if options.command == "align" else diff(options)


def align(options: argparse.Namespace) -> int:
    """Mend what can be mended, as new files beside the old ones."""
    from dataset_tools.align import align_pairs

    moved = align_pairs(options.pairs, options.checked, options.out)
    print(
        f"{len(moved)} line arts moved to their place, in {options.out}; look at them, then ingest them"
    )
    return 0


def diff(options: argparse.Namespace) -> int:
    """Print what two versions differ in."""
    from dataset_tools.versions.diff import as_text, difference
    from dataset_tools.versions.versions import read_version

    found = difference(read_version(options.one), read_version(options.other))
    if options.json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        print(as_text(found, options.one, options.other))
    return 0


if __name__ == "__main__":
    sys.exit(main())

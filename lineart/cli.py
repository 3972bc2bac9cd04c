"""``lineart COMMAND ...``, the same as ``python -m lineart COMMAND ...``.

A command is a module with a ``main(argv)``, imported only when it is called.
"""

from __future__ import annotations

import argparse
import importlib
import sys

from lineart.errors import InputError

COMMANDS = {  # name: module, what it does
    "extract": ("lineart.extract.command", "turn pictures, folders and videos into line art"),
    "models": ("lineart.catalogue.listing", "list what can read pictures: size, licence, scores"),
    "export": ("lineart.export.command", "write a network as ONNX"),
    "demo": ("lineart.web.command", "open the tool as a page in the browser"),
    "evaluate": ("lineart.metrics.folders", "score a folder of predictions against line art"),
}
# What a command needs beside the base installation, where it does not say so itself.
NEEDS = {"evaluate": "pandas scikit-image scipy"}


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit status: 1 for bad input, told in a sentence, 130 for Ctrl-C.

    A package that is not installed is told in a sentence, too.
    """
    parser = argparse.ArgumentParser(
        "lineart",
        description="Line art from renders.",
        epilog="\n".join(f"{name:10} {about}" for name, (_, about) in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="see lineart COMMAND --help")
    given = parser.parse_args(argv)
    try:
        return importlib.import_module(COMMANDS[given.command][0]).main(given.arguments) or 0
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package == __package__:  # a slip of ours
            raise
        what = NEEDS.get(given.command, package)
        print(f"`lineart {given.command}` lacks {package}: pip install {what}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

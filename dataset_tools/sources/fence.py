"""SVG drawn in a process of its own, for files that somebody delivered.

On numbers that it cannot hold, a coordinate of 1e9 for instance, resvg ends the process it runs in, and a
drawing can ask for any amount of memory and time. So it runs in a child that has limits, that draws one SVG
after another, and that is replaced when it has ended.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import selectors
import struct
import subprocess
import sys
from pathlib import Path

import resvg_py

from lineart.errors import InputError

MEMORY = 3 << 30  # bytes of address space
SECONDS = 60  # for one drawing
# bytes of SVG, width, height; whether it was drawn, bytes that follow
ASKED, ANSWERED = "<III", "<?I"

# Kept apart from this package, so that the child starts in a twentieth of a second.
PROGRAM = f"""
import resource, struct, sys
sys.path.append(sys.argv[1])
import resvg_py
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
asked, answered = sys.stdin.buffer, sys.stdout.buffer
while head := asked.read({struct.calcsize(ASKED)}):
    length, width, height = struct.unpack("{ASKED}", head)
    markup = asked.read(length).decode()
    try:
        done, data = True, bytes(resvg_py.svg_to_bytes(svg_string=markup, width=width, height=height))
    except BaseException as error:  # a panic is no Exception
        done, data = False, str(error).encode(errors="replace")
    answered.write(struct.pack("{ANSWERED}", done, len(data)) + data)
    answered.flush()
"""

_children: dict[int, subprocess.Popen[bytes]] = {}  # by the process that asks: forks do not share


def draw_fenced(markup: str, width: int, height: int) -> bytes:
    """Draw an SVG with resvg: the bytes of a PNG with alpha.

    Args:
        markup: the SVG.
        width: of the PNG in pixels.
        height: likewise.

    Raises:
        InputError: if it cannot be drawn, or would take too much memory or time.
    """
    data = markup.encode(errors="replace")
    child = _child()
    assert child.stdin is not None and child.stdout is not None  # noqa: PT018
    try:
        child.stdin.write(struct.pack(ASKED, len(data), width, height) + data)
        child.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(child.stdout, selectors.EVENT_READ)
            if not selector.select(SECONDS):
                raise InputError(f"The SVG cannot be drawn (it takes more than {SECONDS} seconds).")
        head = child.stdout.read(struct.calcsize(ANSWERED))
        drawn, length = struct.unpack(ANSWERED, head)
        answer = child.stdout.read(length)
    except InputError:
        _end()
        raise
    except (OSError, struct.error) as error:
        _end()
        raise InputError(
            "The SVG cannot be drawn (its numbers are too large, or it needs too much memory)."
        ) from error
    if not drawn:
        reason = " ".join(answer.decode(errors="replace").split())[:160]
        raise InputError(f"The SVG cannot be drawn ({reason}).")
    return answer


def _child() -> subprocess.Popen[bytes]:
    child = _children.get(os.getpid())
    if child is None:
        libraries = str(Path(resvg_py.__file__).parents[1])
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", PROGRAM, libraries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        _children[os.getpid()] = child
    return child


@atexit.register
def _end() -> None:
    """End the child of this process, if there is one."""
    child = _children.pop(os.getpid(), None)
    if child is not None:
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):  # what was not yet written has nobody to read it
                assert pipe is not None
                pipe.close()
        child.wait()

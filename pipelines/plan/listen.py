"""DVC's command line, its words to a pipe: `python -m pipelines.plan.listen DESCRIPTOR ARGUMENTS`.

What the stages say goes on to where it went, to a terminal if there is one, so that their progress bars work.
A SIGTERM lets DVC begin nothing more: with `--keep-going` it takes a stage that was stopped for one that
failed, and would go on with the next.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from types import FrameType

ENDS = ("Running stage", "exited with")  # said before a stage begins, and after it failed


class Words(io.TextIOWrapper):
    """A stream that passes on what is written, until it is told to stop."""

    stopping = False

    def write(self, text: str) -> int:
        """Pass a text on.

        Raises:
            KeyboardInterrupt: if DVC is to stop and says that it is between two stages.
        """
        if self.stopping and any(end in text for end in ENDS):
            raise KeyboardInterrupt
        return super().write(text)


def main() -> int:
    """Run DVC; returns its exit status."""
    pipe = os.fdopen(int(sys.argv[1]), "wb")
    words = Words(pipe, encoding="utf-8", errors="backslashreplace", line_buffering=True)

    def stop(number: int, frame: FrameType | None) -> None:
        words.stopping = True

    signal.signal(signal.SIGTERM, stop)
    sys.stdout = sys.stderr = words

    from dvc.cli import main as dvc  # it takes hold of the streams when it is imported

    status: int = dvc(sys.argv[2:])
    return status


if __name__ == "__main__":
    sys.exit(main())

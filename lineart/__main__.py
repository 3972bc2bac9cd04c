"""``python -m lineart``; see :mod:`lineart.cli`."""

import sys

from lineart.cli import main

if __name__ == "__main__":
    sys.exit(main())

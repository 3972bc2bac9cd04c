"""The door of :mod:`pipelines.tracking.serving`: `python -m pipelines.serving`, and what MLflow opens.

Versions in registries name this module in their ``MLmodel``, so it stays where it is.
"""

from __future__ import annotations

import sys

from pipelines.tracking.serving import _load_pyfunc, main

__all__ = ["_load_pyfunc", "main"]

if __name__ == "__main__":
    sys.exit(main())

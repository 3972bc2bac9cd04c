"""The one exception of our own: something the user gave us is wrong, and here is what to do.

    ValueError
    └── InputError    a file, a folder, a setting or a name that cannot be used

The command lines print its message, one sentence without a traceback, and exit with 1.
Our own slips stay ``assert`` and ordinary exceptions, so that they keep their traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """What came, what was wanted, what to do; in one sentence a person can act on."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> InputError:
    """The answer to a wrong name: the nearest right one, and all of them.

    >>> print(unknown_name("model", "clearnt", ["clearnet", "canny"]))
    There is no model 'clearnt'. Did you mean 'clearnet'? Known: canny, clearnet.
    """
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return InputError(f"There is no {kind} '{name}'.{hint} Known: {', '.join(known)}.")

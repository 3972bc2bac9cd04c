"""The models by name: networks that are trained, classical methods whose thresholds are tuned.

The networks need torch, the classical methods do not; so nothing is imported until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineart.lazy import lazily

if TYPE_CHECKING:
    from lineart.models.base import LineModel, channels_last, parameter_count
    from lineart.models.classical import CLASSICAL, Classical
    from lineart.models.published import PublishedModel, load_published
    from lineart.models.registry import MODELS, create_model

__all__ = [
    "CLASSICAL",
    "MODELS",
    "Classical",
    "LineModel",
    "PublishedModel",
    "channels_last",
    "create_model",
    "load_published",
    "parameter_count",
]

__getattr__ = lazily(
    __name__,
    {
        "CLASSICAL": "lineart.models.classical",
        "Classical": "lineart.models.classical",
        "LineModel": "lineart.models.base",
        "MODELS": "lineart.models.registry",
        "PublishedModel": "lineart.models.published",
        "channels_last": "lineart.models.base",
        "create_model": "lineart.models.registry",
        "load_published": "lineart.models.published",
        "parameter_count": "lineart.models.base",
    },
)

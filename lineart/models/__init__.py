"""The models by name: networks that are trained, classical methods whose thresholds are tuned.

The networks need torch, the classical methods do not; so nothing is imported until it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineart.lazy import lazily

if TYPE_CHECKING:
    from lineart.models.parts.base import LineModel, channels_last, parameter_count
    from lineart.models.parts.classical import Classical
    from lineart.models.parts.published import PublishedModel, load_published
    from lineart.models.registry import CLASSICAL, MODELS, create_model

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
        "CLASSICAL": "lineart.models.registry",
        "Classical": "lineart.models.parts.classical",
        "LineModel": "lineart.models.parts.base",
        "MODELS": "lineart.models.registry",
        "PublishedModel": "lineart.models.parts.published",
        "channels_last": "lineart.models.parts.base",
        "create_model": "lineart.models.registry",
        "load_published": "lineart.models.parts.published",
        "parameter_count": "lineart.models.parts.base",
    },
)

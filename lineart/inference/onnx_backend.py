"""A network that reads pictures in ONNX Runtime, from a file as ``lineart export`` writes it. Needs no torch.

What such a file is: :mod:`lineart.catalogue.onnx_file`.
"""

from __future__ import annotations

from pathlib import Path

import onnxruntime

from lineart.catalogue.onnx_file import (
    GIVEN,
    INK,
    MEANS,
    PICTURE,
    default_threads,
    metadata_in,
    open_session,
    tile_in,
)
from lineart.inference.backend import Core, Means, Planes, mean_over
from lineart.pictures.images import Picture


class OnnxBackend:
    """A :class:`lineart.inference.backend.Backend` of an ONNX file. Several threads may share one.

    Args:
        path: of the file.
        device: ``cpu``, or ``cuda`` where ONNX Runtime was built for it; the processor if not given.
        threads: that one picture is read with; see :func:`default_threads` if not given.

    Raises:
        InputError: if there is no such file, it is none that ``lineart export`` wrote, or there is no such
            device.
    """

    whole = False  # networks that must see a picture in one piece are not exported

    def __init__(self, path: Path, device: str | None = None, threads: int | None = None):
        self.session = open_session(path, device or "cpu", threads or default_threads())
        self._has_means = MEANS in {output.name for output in self.session.get_outputs()}

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of the model."""
        return metadata_in(self.session)

    @property
    def tile(self) -> int:
        """See :class:`Backend`; the file says it, if it is another than usual."""
        return tile_in(self.metadata)

    def means(self, planes: Planes, core: Core) -> Means | None:
        """See :class:`Backend`."""
        if not self._has_means:
            return None
        only = onnxruntime.RunOptions()
        only.only_execute_path_to_fetches = True  # the ink is not asked for
        blocks = self.session.run([MEANS], {PICTURE: planes}, only)[0]
        return mean_over(blocks, core)

    def ink(self, planes: Planes, means: Means | None = None) -> Picture:
        """See :class:`Backend`."""
        given = {PICTURE: planes} if means is None else {PICTURE: planes, GIVEN: means}
        ink: Picture = self.session.run([INK], given)[0][0, 0]
        return ink

"""Layered files, ink and colour in layers of their own: OpenRaster, Krita, Photoshop and SVG.

:mod:`~dataset_tools.sources.layered.source` is the source. :mod:`lineart.pictures.layered` reads a file as a
:class:`~lineart.pictures.layered.tree.Document`, but for SVG, which needs resvg and is read here; all that
follows, from the names of the layers to a pair, is common to the four.
"""

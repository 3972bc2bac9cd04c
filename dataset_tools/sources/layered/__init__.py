"""Layered files, ink and colour in layers of their own: OpenRaster, Krita, Photoshop and SVG.

:mod:`~dataset_tools.sources.layered.source` is the source; each format has a module that reads a file as
a :class:`~dataset_tools.sources.layered.tree.Document`, and all that follows is common to the four.
"""

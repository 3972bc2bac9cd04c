"""Layered files of painting programs: OpenRaster, Krita and Photoshop, and what their layers show together.

Each format has a module that reads a file as a :class:`~lineart.pictures.layered.tree.Document`; the
compositor draws its layers.
"""

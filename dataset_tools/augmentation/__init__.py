"""Augmentation: one pair becomes many, and the label stays true.

What moves or redraws ink changes render and line art alike (``geometry`` and ``warp``, ``scenes``,
``weight``); every other op changes the render alone (the table is in ``plan``).
"""

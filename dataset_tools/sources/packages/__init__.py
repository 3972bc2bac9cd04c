"""Drawings of published vector packages, whose ink can be told from its paint."""

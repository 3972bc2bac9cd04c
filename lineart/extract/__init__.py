"""The tool in the artist's hand: pictures, folders and videos in, line art in the form that is wanted out."""

from lineart.extract.outputs import FORMATS, encode
from lineart.extract.steady import Steady
from lineart.extract.style import Style, apply

__all__ = ["FORMATS", "Steady", "Style", "apply", "encode"]

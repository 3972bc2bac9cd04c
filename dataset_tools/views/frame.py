"""The frame of a page that holds everything it shows and loads nothing: style, script, enlarged pictures.

A page is a template that extends ``frame.html.j2`` and fills its blocks.
"""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

FOLDER = "page"  # of templates, beside the modules of a package


def environment(package: str) -> Environment:
    """The templates of a package, and those of the frame.

    Names come from files that anyone may have named, so everything is escaped.

    Args:
        package: with the templates in its folder ``page``.
    """
    packages = (package, "dataset_tools.views")
    return Environment(
        loader=ChoiceLoader([PackageLoader(name, FOLDER) for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

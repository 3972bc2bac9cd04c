"""The drawings in the tree of a layered file: which layers are the ink of each, and which its colours.

A group that holds ink and something else beside it is a drawing. So is, within one level, each number or
name that ink and colour layers share ("3 outlines" with "3 c"). What belongs to no drawing, as paper does,
is part of every one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dataset_tools.sources.layered.names import Meaning, meaning_of, owner_of
from dataset_tools.sources.layered.settings import LayeredSettings
from lineart.errors import InputError
from lineart.pictures.layered.tree import (
    Document,
    Layer,
    leaves,
    names_of,
    prune,
    visible_leaves,
)

Leaves = frozenset[Layer]


@dataclass(frozen=True, eq=False)
class Figure:
    """One drawing in a file."""

    name: str  # empty if the file holds no other
    ink: Leaves  # its line art
    own: Leaves  # all that belongs to it alone, ink and the rest
    shared: Leaves = frozenset()  # what belongs to every drawing
    frame: tuple[Layer, ...] = ()  # the groups around it; a hidden one hides it as a whole
    pair: tuple[Layer, ...] = ()  # its own layers, where a common key in their names made it
    switched: Leaves = frozenset()  # layers and groups to be made visible for it

    @property
    def rest(self) -> Leaves:
        """All leaves to be seen in its render beside the ink."""
        return (self.own | self.shared) - self.ink

    def tree(self, document: Document, keep: Iterable[Layer]) -> tuple[Layer, ...]:
        """The tree of the document with these leaves alone, as they are to be drawn."""
        return prune(document.layers, frozenset(keep), self.switched)


def find_figures(document: Document, settings: LayeredSettings) -> list[Figure]:
    """All drawings of a file, each under a name of its own.

    Raises:
        InputError: if there is no ink layer, saying what was looked for and what was found.
    """
    layers = document.layers
    if settings.several:
        figures = list(_in_level(layers, Figure("", frozenset(), frozenset()), settings))
    else:
        figures = [Figure("", _ink_within(layers, settings), frozenset(leaves(layers)))]
    figures = [figure for figure in figures if figure.ink]
    if not figures:
        raise InputError(
            f"{document.name} has no ink layer: looked for {', '.join(settings.ink)}; found "
            f"{names_of(layers)}."
        )
    if len(figures) == 1:
        only = figures[0]
        return [replace(only, name="", own=only.own | only.shared, shared=frozenset())]
    return _under_names(figures)


def checked(figure: Figure, document: Document, settings: LayeredSettings) -> Figure:
    """The drawing as it is to be drawn: hidden frames switched on, if the settings say so.

    Raises:
        InputError: if nothing of its ink can be seen, or nothing but ink.
    """
    called = f"{document.name}, drawing '{figure.name}'" if figure.name else document.name
    ink = figure.tree(document, figure.ink)
    if settings.hidden_frames:
        off = {layer for layer in figure.frame if not layer.visible}
        if not any(layer.visible for layer in figure.pair):
            off.update(figure.pair)
        figure = replace(figure, switched=frozenset(off))
        ink = figure.tree(document, figure.ink)
    if not any(visible_leaves(ink)):
        raise InputError(
            f"{called}: its ink is hidden ({names_of(ink)}); show it in the file, or set "
            f"ingest.layered.hidden_frames where whole drawings are hidden."
        )
    if not (figure.own - figure.ink if figure.pair else figure.rest):
        raise InputError(
            f"{called}: no colour layer goes with its ink ({names_of(ink)}); looked for "
            f"{', '.join(settings.colour)}, found {names_of(document.layers)}."
        )
    if not any(visible_leaves(figure.tree(document, figure.rest))):
        raise InputError(
            f"{called}: everything but its ink is hidden ({names_of(document.layers)}); show the colours "
            f"in the file."
        )
    return figure


def _in_level(
    layers: Sequence[Layer], above: Figure, settings: LayeredSettings
) -> Iterator[Figure]:
    """The drawings among the layers of a group; ``above`` has the group's name, frame and shared leaves."""
    meanings = {layer: _meaning(layer, settings) for layer in layers}
    inks = [layer for layer in layers if meanings[layer].kind == "ink"]
    pairs = _pairs(meanings)
    if inks and not pairs:
        own = frozenset(leaves(layers))
        yield replace(above, ink=_ink_within(layers, settings), own=own)
        return
    for key, members in pairs.items():
        yield replace(
            above,
            name=" ".join(filter(None, (above.name, key))),
            ink=_ink_within(members, settings),
            own=frozenset(leaves(members)),
            shared=above.shared | _common(meanings, pairs, settings),
            pair=tuple(members),
        )
    taken = {layer for members in pairs.values() for layer in members}
    for layer in layers:
        if layer not in taken and _holds_figures(layer, meanings[layer], settings):
            inside = replace(
                above,
                name=" ".join(filter(None, (above.name, layer.name.strip()))),
                shared=above.shared | _common(meanings, pairs, settings),
                frame=(*above.frame, layer),
            )
            yield from _in_level(layer.children, inside, settings)


def _meaning(layer: Layer, settings: LayeredSettings) -> Meaning:
    """What the name of a layer says; that of a group says nothing if it holds both ink and colour."""
    meaning = meaning_of(layer.name, settings)
    if layer.is_group and meaning.kind != "other":
        kinds = {meaning_of(name, settings).kind for name in _names_within(layer)}
        if {"ink", "colour"} <= kinds:
            return Meaning("other", "")
    return meaning


def _names_within(layer: Layer) -> Iterator[str]:
    for child in layer.children:
        yield child.name
        yield from _names_within(child)


def _ink_within(layers: Sequence[Layer], settings: LayeredSettings) -> Leaves:
    """The leaves that are ink: those named so, and all within a group named so."""
    found: set[Layer] = set()
    for layer in layers:
        kind = _meaning(layer, settings).kind
        if kind == "ink":
            found.update(leaves([layer]))
        elif kind == "other":
            found.update(_ink_within(layer.children, settings))
    return frozenset(found)


def _holds_figures(layer: Layer, meaning: Meaning, settings: LayeredSettings) -> bool:
    return meaning.kind == "other" and bool(_ink_within(layer.children, settings))


def _common(
    meanings: dict[Layer, Meaning], pairs: dict[str, list[Layer]], settings: LayeredSettings
) -> Leaves:
    """The leaves of a level that belong to no single drawing."""
    taken = {layer for members in pairs.values() for layer in members}
    return frozenset(
        leaves(
            [
                layer
                for layer, meaning in meanings.items()
                if layer not in taken and not _holds_figures(layer, meaning, settings)
            ]
        )
    )


def _pairs(meanings: dict[Layer, Meaning]) -> dict[str, list[Layer]]:
    """The layers of a level by the key of the drawing they belong to; empty if keys tell no drawings.

    Keys do if ink and colour share two of them, or share a number where the ink has several keys. An
    only one may as well name a part: "hair line" with "hair colour" beside "face line".
    """
    keys: dict[str, dict[str, None]] = {"ink": {}, "colour": {}, "other": {}}
    for meaning in meanings.values():
        keys[meaning.kind][meaning.key] = None
    both = [key for key in keys["ink"] if key and key in keys["colour"]]
    numbered = any(key.isdigit() for key in both) and len(keys["ink"]) > 1
    if len(both) < 2 and not numbered:
        return {}
    pairs: dict[str, list[Layer]] = {key: [] for key in keys["ink"]}
    for layer, meaning in meanings.items():
        key = meaning.key if meaning.kind != "other" else owner_of(layer.name, list(pairs))
        if key in pairs and (key or meaning.kind != "other"):
            pairs[key].append(layer)
    return pairs


def _under_names(figures: list[Figure]) -> list[Figure]:
    """The same drawings; a name that comes again, or an empty one, gets a number."""
    named: list[Figure] = []
    used: set[str] = set()
    for figure in figures:
        name, number = figure.name or "1", 1
        while name in used:
            number += 1
            name = f"{figure.name} ({number})".strip()
        used.add(name)
        named.append(replace(figure, name=name))
    return named

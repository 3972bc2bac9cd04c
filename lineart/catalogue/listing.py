"""``python -m lineart models``: what can read pictures here."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from lineart.catalogue.cards import ModelCard, Scores
from lineart.catalogue.obstacle import obstacle
from lineart.catalogue.store import MODELS, find_model, list_models

BRIEF = 3  # figures of a model's scores that its row shows


def main(argv: list[str] | None = None) -> None:
    """Print the models as a table, or all about one of them."""
    parser = argparse.ArgumentParser("lineart models", description="What can read pictures here.")
    parser.add_argument("model", nargs="?", help="all about one: its name or path")
    parser.add_argument(
        "--models", type=Path, default=MODELS, help="where run folders lie (default: %(default)s)"
    )
    given = parser.parse_args(argv)
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)  # a file or a pipe has no edge to wrap at
    cards = [find_model(given.model, given.models)] if given.model else list_models(given.models)
    console.print(details_of(cards[0]) if given.model else table_of(cards))


def table_of(cards: list[ModelCard]) -> Table:
    """One row a model."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("model", "parameters", "size", "licence", "source", "scores", "use"):
        number, name = title in ("parameters", "size"), title == "model"
        # A name is there to be copied, so it is not broken.
        table.add_column(title, justify="right" if number else "left", no_wrap=name)
    for card in cards:
        table.add_row(
            escape(card.name),
            _count(card),
            _size(card),
            escape(card.licence or "not stated"),
            escape(card.source),
            escape(_brief(card.scores)),
            escape(obstacle(card) or "ready"),
        )
    return table


def details_of(card: ModelCard) -> Table:
    """One row a fact of a model, all of its scores among them."""
    table = Table(box=None, pad_edge=False, show_header=False)
    rows = {
        "model": card.name,
        "kind": card.kind,
        "parameters": _count(card),
        "size": _size(card),
        "licence": card.licence or "not stated",
        "source": card.source,
        "trained on": card.trained_on or "nothing" if card.kind == "classical" else card.trained_on,
        "lies in": str(card.path or "the program"),
        **{f"scores, {name}": _all(values) for name, values in card.scores.items()},
        "use": obstacle(card) or "ready",
    }
    for title, value in rows.items():
        table.add_row(title, escape(value))
    return table


def _count(card: ModelCard) -> str:
    return "not stated" if card.parameters is None else f"{card.parameters:,}"


def _size(card: ModelCard) -> str:
    return f"{card.bytes / 1e6:.1f} MB" if card.bytes else "-"


def _brief(scores: Scores) -> str:
    """The first set of pictures, the first few figures."""
    for name, values in scores.items():
        return f"{name}: " + _all(dict(list(values.items())[:BRIEF]))
    return "-"


def _all(values: Mapping[str, float]) -> str:
    return ", ".join(f"{metric} {value:.4g}" for metric, value in values.items())

"""`review pull`: what people decided in Label Studio comes home to ``data/reviews.csv``."""

from __future__ import annotations

from dataset_tools.review.client import Server
from dataset_tools.review.settings import ReviewSettings
from dataset_tools.review.state import State
from dataset_tools.review.tasks import reviews_of
from dataset_tools.review.verdicts import decide, merged, write_reviews
from lineart.errors import InputError


def pull(state: State, settings: ReviewSettings, server: Server) -> str:
    """Add the verdicts of the project to the table; returns what came, in a line.

    The table is written only if it changes. What is in it and not on the server stays.

    Raises:
        InputError: if there is no such project, or the server fails; the table is then as it was.
    """
    project = server.find_project(settings.project)
    if project is None:
        raise InputError(
            f"Label Studio at {server.url} has no project '{settings.project}'; push first, or set "
            f"review.project to its name."
        )
    came = reviews_of(server.export(project), server.people())
    together = merged(state.reviews, came)
    before = set(state.reviews)
    fresh = [review for review in together if review not in before]
    if fresh:
        write_reviews(state.reviews_file, together)
    decided = decide(together, state.contents)
    void = sum(state.contents.get(review.id) != review.sha256 for review in together)
    words = f"{len(fresh)} new verdicts, {len(together)} in all on {len(decided)} pairs"
    if void:
        words += f"; {void} are void, their pictures have changed since"
    return f"{words}: {state.reviews_file}"

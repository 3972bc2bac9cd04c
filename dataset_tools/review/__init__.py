"""Review: people decide which pairs are good enough to learn from.

The road of a verdict: :mod:`queue` chooses the pairs worth a person's time, :mod:`tasks` shows them with
what the checks found, :mod:`labels` is the page she works on, :mod:`verdicts` is the table her decisions
are kept in (``data/reviews.csv``, in Git), and :mod:`curate` applies them. Only :mod:`client` and what
imports it know that the page is Label Studio's.
"""

"""What the leaderboard shows: tables, notes, charts and pictures, as CSV, Markdown and one page of HTML.

Data first (``columns``, ``tables``), then words (``notes``, ``cited``, ``beside_paper``, ``others``), then
pictures (``curves``, ``precision_recall``, ``exhibits``, ``gallery``, ``profiles``); ``markdown`` and
``html`` put them on a page.
"""

"""What a data set is, for those who must decide whether to trust it: a page, a card, Croissant JSON-LD.

Everything is computed from the tables that the stages before left; nothing is judged here.
"""

"""Pairs as pictures to look at."""

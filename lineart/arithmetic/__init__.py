"""Arithmetic one can trust on any processor: layers tried in reduced precision before a network uses them.

layers.py   the kinds of layers a network has, found by running it without numbers
trial.py    one kind against float32, in a process that may die of it
memory.py   what was found, kept beside the environment
guard.py    the kinds that are off, run in float32 while the rest stays fast
"""

"""`python -m pipelines doctor`: what this machine has for the road, each trouble with its remedy.

It is what a bug report holds, and must run where the rest does not: with the standard library alone, and
whatever is missing, broken or forbidden is a line of its own.
"""

"""Versions of the data set, and what changed from one to another."""

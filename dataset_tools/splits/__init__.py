"""Which pairs are one drawing, and who goes to train, val and test."""

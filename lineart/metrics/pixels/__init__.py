"""Metrics of pixel against pixel, which a training looks at, too; the others are for evaluation alone."""

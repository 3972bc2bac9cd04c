"""Training: the stream of crops, the loop, and the tuning of what does not learn."""

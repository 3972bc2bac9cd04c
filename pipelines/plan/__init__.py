"""What is ahead: the graph as DVC sees it, how long it takes, and a run of it."""

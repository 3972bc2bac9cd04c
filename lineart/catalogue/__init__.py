"""What models there are: found by name or path and described without being loaded."""

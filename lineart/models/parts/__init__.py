"""What networks are made of, and what they are to everyone else; no network of its own."""

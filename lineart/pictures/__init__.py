"""Pictures: the one convention, how they are read and written, and what is found in a folder of them."""

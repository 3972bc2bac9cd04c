"""The stages: a Prefect flow each, which reads files, calls one of the other packages and writes files."""

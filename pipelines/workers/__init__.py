"""Many drawings through one function: processes of this machine or workers of a Dask cluster."""

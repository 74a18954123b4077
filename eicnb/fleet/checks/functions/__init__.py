"""The checks of the functions' concurrency and tags."""

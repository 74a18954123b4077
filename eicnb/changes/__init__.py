"""One change of one config: read, rehearsed, worded and applied."""

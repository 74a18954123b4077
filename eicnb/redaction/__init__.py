"""The patterns of what must not be shown, and the masks that hide it."""

"""What must not be shown, and the masks that hide it."""

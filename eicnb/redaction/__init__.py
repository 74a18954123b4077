"""What is secret, and the masks that hide it."""

"""The events that Lambda could not deliver or that failed: the records about them, read and sent again."""

"""The checks of what the functions' execution roles may do."""

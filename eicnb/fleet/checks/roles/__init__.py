"""The checks of the functions' execution roles."""

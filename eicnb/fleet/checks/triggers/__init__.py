"""The checks of what invokes the functions."""

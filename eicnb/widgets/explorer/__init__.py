"""The explorer: a table of a frame, with a bar that changes the selected rows."""

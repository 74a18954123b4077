"""Forms, the explorer, pictures and the display of progress."""

"""Changes to configs: planned, shown, applied, recorded and undone."""

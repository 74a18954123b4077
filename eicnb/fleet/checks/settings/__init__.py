"""The checks that need the audit alone."""

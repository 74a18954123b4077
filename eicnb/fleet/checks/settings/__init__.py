"""The checks that need only the audit."""

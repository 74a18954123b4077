"""The checks of what CloudWatch counted in the last week."""

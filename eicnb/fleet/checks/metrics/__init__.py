"""The checks of the last week's CloudWatch metrics."""

"""The checks of destinations and dead-letter queues themselves."""

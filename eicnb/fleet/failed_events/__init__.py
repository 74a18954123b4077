"""Records of failed events: reading them from queues and buckets, and replaying their events."""

"""Records about failed events: read from queues and buckets, and their events sent again."""

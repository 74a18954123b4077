"""What a Python user holds: connections, verbs, settings and scripts."""

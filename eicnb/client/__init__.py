"""The Python interface: connections, verbs, settings and scripts."""

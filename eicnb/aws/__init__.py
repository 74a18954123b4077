"""The only door to AWS: sessions, connections, calls, and their errors in eicnb's terms."""

"""An audit in parts: each account and region separately, on a cluster worker or into a file."""

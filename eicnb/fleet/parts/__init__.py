"""An audit in parts: each account and region on its own, on a worker of a cluster or into a file."""

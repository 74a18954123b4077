"""An audit in parts: each account and region separately, on a cluster's worker or into a file."""

"""Frozen values, and the single place for AWS's rules."""

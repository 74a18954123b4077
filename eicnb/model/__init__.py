"""Frozen values, and every rule of AWS once."""

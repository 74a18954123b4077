"""Configs and changes written out as commands."""

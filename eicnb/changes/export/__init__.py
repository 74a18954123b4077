"""The export of configs and changes as commands, scripts and templates."""

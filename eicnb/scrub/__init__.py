"""Cleans a saved notebook of what should not be shared: `python -m eicnb.scrub runbook.ipynb`."""

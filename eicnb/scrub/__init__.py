"""The cleaning of saved notebooks before they are shared: `python -m eicnb scrub runbook.ipynb`."""

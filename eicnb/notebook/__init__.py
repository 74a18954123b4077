"""The notebook's side of eicnb: thin adapters between IPython and the rest."""

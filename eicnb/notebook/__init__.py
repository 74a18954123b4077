"""The notebook side of eicnb: thin adapters between IPython and the other packages."""

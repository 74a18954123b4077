"""The DataFrames that eicnb returns, and how they are displayed."""

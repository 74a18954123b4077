"""The command line: parses text into frozen commands, without files, network or DataFrames."""

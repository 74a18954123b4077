"""The command line: text parsed into frozen commands, without files, network or DataFrames."""

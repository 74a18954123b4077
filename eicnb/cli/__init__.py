"""The command line: text in, frozen commands out; no file, no network, no DataFrame."""

"""The audit of a fleet: every function's settings, across accounts and regions."""

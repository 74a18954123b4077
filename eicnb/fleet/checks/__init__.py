"""The checks of an audit: what is wrong, why it matters, and what to type.

Each layer of evidence has a package here, whose modules define its checks. `catalog` discovers them.
"""

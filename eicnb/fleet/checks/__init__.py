"""The checks of an audit: what is wrong, why it matters, and what to type.

Each layer of evidence has a package here, and each module in it holds checks. `catalog` finds them; there is no list.
"""

"""The Python interface: connections, verbs, settings and command lines.

Tested in tests/changes/test_undo.py.
"""

from eicnb.client import plans  # noqa: F401 # it sets how `Plan.apply` applies, however a plan was made

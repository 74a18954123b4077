"""The verbs that read frames and send nothing.

Tested in tests/fleet/test_compare.py.
"""

from __future__ import annotations

from eicnb.client.parameters import checked
from eicnb.fleet import compare as comparison

compare = checked(comparison.compare)

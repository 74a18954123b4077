"""The verbs that save and load frames: `save`, `load` and `history`; they send nothing.

Tested in tests/client/test_snapshots.py.
"""

from __future__ import annotations

from eicnb.client.parameters import checked
from eicnb.fleet.snapshots import history as of_folder
from eicnb.fleet.snapshots import loading, saving

save = checked(saving.save)
load = checked(loading.load)
history = checked(of_folder.history)

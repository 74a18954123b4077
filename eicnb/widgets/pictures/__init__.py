"""Pictures of frames, as matplotlib figures."""

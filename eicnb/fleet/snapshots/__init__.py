"""Frames in Parquet files, and folders of audits as a history."""

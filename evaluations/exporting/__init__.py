"""Approved results for other systems: JSON with a published schema, and Excel. Only from frozen snapshots."""

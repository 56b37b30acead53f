"""What a newly published template version does to the drafts that are open (docs/decisions/0013)."""

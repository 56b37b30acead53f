"""The demo: one real report and one account per role. Nothing of it exists where DEMO=0."""

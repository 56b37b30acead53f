"""The five real reports: every amount has a home in the demo, every heading is generated at its place.

The reports themselves are no part of this repository. Where they lie beside it they are read at run time;
elsewhere these tests are skipped.
"""

"""Benchmarks: every figure is a ratio of a candidate against a floor measured in turn with it.

Absolute times say more about the machine than about the program; they are printed for orientation only.
CPU time stands beside wall time, because other work on the machine lengthens the one far more than the other.
"""

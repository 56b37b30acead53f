"""看板: how a year stands in the reader's regions, and a department's years side by side.

`rows` selects what the reader may see, `tables` and `years` compute (without database), `pictures` draws.
"""

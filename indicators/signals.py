"""What `indicators` tells the rest of the house, inside the transaction of the change.

All are sent with `template` (the stored `IndicatorTemplate`), `by` (the user, or who else did it as printed)
and `request` (None for the command line).
"""

from django.dispatch import Signal

#: A draft was created or its content replaced; `what`: the changed piece in words, "" for all of it.
template_stored = Signal()
#: A draft was verified and frozen.
template_published = Signal()
#: A published version was taken out of use.
template_retired = Signal()
#: A draft is about to be deleted.
template_discarded = Signal()

"""What `indicators` tells the rest of the house inside the transaction of a change, and what it asks.

The first four are sent with `template` (the stored `IndicatorTemplate`), `by` (the user, or who else did it
as printed) and `request` (None for the command line).
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

#: Which reports and years use these templates? Sent with `pks`; answered by {pk: `using.Use`}.
template_uses = Signal()
#: What are the regions called? Answered by {行政区划代码: name} of all that the house knows.
region_names = Signal()

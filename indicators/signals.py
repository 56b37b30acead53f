"""What `indicators` tells the rest of the house, inside the transaction of the change.

Both are sent with `template` (the stored `IndicatorTemplate`) and `by` (who did it, as printed in the log).
"""

from django.dispatch import Signal

#: A draft was created or its content replaced.
template_stored = Signal()
#: A draft was verified and frozen.
template_published = Signal()

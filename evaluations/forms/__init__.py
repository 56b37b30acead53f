"""Forms: the boxes of a wizard step, drawn by crispy without a template per field; lists; accounts."""

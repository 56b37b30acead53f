"""Figures in templates."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """12000 → 12,000."""
    return f"{number:,}"

"""What the tests of review and of coming back share: addresses, answers, and the words of both sides."""

from __future__ import annotations

from django.urls import reverse

from evaluations.models import Evaluation

QUOTA = "money.quota"
ASKED = "编制数与编办批文不一致，请核对。"
ANSWERED = "已按编办批文改为 12 人。"


def at(name: str, evaluation: Evaluation, *args: object) -> str:
    return reverse(name, args=[evaluation.reference, *args])


def told(answer) -> str:
    return answer.content.decode()

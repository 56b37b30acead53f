"""`send_reminders`: reminders before the deadline and the daily digests; once a day by cron."""

from __future__ import annotations

from typing import Any

from evaluations import outbox, rectifying, tasks
from evaluations.management.output import JsonCommand


class Command(JsonCommand):
    """Exit 0. Running it again the same day writes nothing twice; `send_mail` sends what it writes."""

    help = (
        "提醒临近截止（7、3、1 天）还没有送审的单位和临近期限（7、1 天）的整改，"
        "并写好每天一次的汇总邮件；由 send_mail 发出。"
    )

    def handle(self, *, json: bool, **options: Any) -> None:
        reminded, mending = tasks.remind_due(), rectifying.remind_due()
        digests = outbox.digest()
        if json:
            self.write_json({"reminded": reminded, "rectifications": mending, "digests": digests})
        else:
            self.stdout.write(
                f"提醒 {reminded} 个单位送审、{mending} 份自评整改，写好 {digests} 封汇总邮件。"
            )

"""`send_mail`: sends what waits in the outbox; for cron, safe to run at any time and in several places."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings

from evaluations import outbox
from evaluations.management.output import JsonCommand


class Command(JsonCommand):
    """Exit 0 when nothing failed; 1 when a mail could not be sent; 2 where no mail server is configured."""

    help = "发送待发的邮件；发不出去的记下原因，过一段时间再试，最多 8 次。"

    def handle(self, *, json: bool, **options: Any) -> None:
        if not settings.EMAIL_CONFIGURED:
            self.fail("没有配置邮件服务器，请设置环境变量 EMAIL_URL 和 EMAIL_FROM。")
        outcome = outbox.send()
        if json:
            self.write_json(asdict(outcome))
        else:
            self.stdout.write(f"发出 {outcome.sent} 封，没有发出 {outcome.failed} 封。")
        if outcome.failed:
            sys.exit(1)

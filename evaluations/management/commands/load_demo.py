"""`load_demo`: shipped templates, demo evaluations and accounts; running it again changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings

from evaluations.demo import loading
from evaluations.management.output import JsonCommand
from indicators.engine.faults import TemplateFaults


class Command(JsonCommand):
    """Exit 0 with the accounts; exit 2 where DEMO=0."""

    help = "载入演示：随带的指标模板、演示自评和每个角色一个演示账号。"

    def handle(self, *, json: bool, **options: Any) -> None:
        if not settings.DEMO:
            self.fail("DEMO=0 时不载入演示数据。正式使用请用 create_admin 建立管理员。")
        try:
            with self.refusals("演示数据"):
                references, accounts = loading.load()
        except TemplateFaults as faults:
            self.fail([f"随带的指标模板：{fault}" for fault in faults.faults])
        if json:
            self.write_json({"evaluations": references, "accounts": [asdict(one) for one in accounts]})
            return
        self.stdout.write(f"演示自评：{'、'.join(references)}")
        self.stdout.write(f"演示账号（密码都是 {loading.PASSWORD}）：")
        for account in accounts:
            self.stdout.write(f"  {account.username:<10}{account.role}（{account.place}）")

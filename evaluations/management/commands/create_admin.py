"""`create_admin`: the first administrators of a production start (三权分立: three people, three roles)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.db import transaction

from evaluations import people
from evaluations.management.output import JsonCommand
from evaluations.models import Membership, Region, Role, User

ROOT = ("000000", "全国")


class Command(JsonCommand):
    """Prints each account with a one-time password, which is stored nowhere and must be changed at sign-in.

    Exit 2 when there is a system administrator already, unless `--force-new` asks for one more.
    """

    help = "建立首批管理员（系统、安全、审计各一名），打印一次性密码。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--region", default=ROOT[0], metavar="代码", help="管理范围的行政区划代码，默认全国"
        )
        parser.add_argument("--region-name", default=ROOT[1], metavar="名称", help="区划尚未建立时的名称")
        parser.add_argument("--system", default="xitong", metavar="用户名", help="系统管理员")
        parser.add_argument("--security", default="anquan", metavar="用户名", help="安全管理员，空则不建")
        parser.add_argument("--auditor", default="shenji", metavar="用户名", help="审计管理员，空则不建")
        parser.add_argument("--force-new", metavar="用户名", help="已有系统管理员时，另建一名")
        super().add_arguments(parser)

    def handle(self, *, json: bool, force_new: str | None, **options: Any) -> None:
        administrators = Membership.objects.filter(
            role=Role.SYSTEM_ADMIN, ended_at=None, user__is_active=True
        )
        if force_new:
            wanted = [(Role.SYSTEM_ADMIN, force_new)]
        elif administrators.exists():
            who = administrators.select_related("user").first().user.username
            self.fail(f"已有系统管理员“{who}”，没有新建。确需另建一名，请用 --force-new 用户名。")
        else:
            roles = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
            names = (options["system"], options["security"], options["auditor"])
            wanted = [(role, name) for role, name in zip(roles, names, strict=True) if name]
        with self.refusals(), transaction.atomic():
            region = self._region(options["region"], options["region_name"])
            created = [self._create(role, name, region) for role, name in wanted]
        if json:
            self.write_json({"accounts": created})
            return
        self.stdout.write("请记下一次性密码（只显示这一次），首次登录须修改：")
        for account in created:
            self.stdout.write(f"{account['role']}  {account['username']}  {account['password']}")

    def _region(self, code: str, name: str) -> Region:
        found = Region.objects.filter(code=code).first()
        return found or people.add_region(None, code=code, name=name, parent=None)

    def _create(self, role: Role, username: str, region: Region) -> dict[str, str]:
        user: User
        user, password = people.add_person(None, username, name=str(role.label))
        people.grant(None, user, role, region=region)
        return {"role": str(role.label), "username": user.username, "password": password}

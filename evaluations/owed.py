"""项目自评 owed: what a department's evaluation finds of the projects that its budget lines name. Pure.

Since 财预〔2020〕10号 every project of the budget is evaluated by itself; a template that names a
`project_template` asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from indicators.engine.facts import Facts, Project
from indicators.engine.findings import Finding, Operand, exactly, fingerprint
from indicators.engine.scope import LINES, PROJECTS
from indicators.engine.spec import Field, Severity
from indicators.engine.template import CompiledTemplate
from indicators.engine.values import show

from .models import BudgetLine

MONEY = Field(code=PROJECTS, label="金额")


def findings(compiled: CompiledTemplate, facts: Facts) -> Iterator[Finding]:
    """项目-未自评 (must fix), 项目-无预算 (explain), 项目-无名称 (hint); none where none is asked for."""
    if not compiled.spec.project_template:
        return
    lines = [line for line in facts.lines if line.kind == BudgetLine.Kind.PROJECT]
    named = {line.project for line in lines}
    for project in facts.projects:
        place = f"{PROJECTS}[{project.reference}].name"
        operands = tuple(_operands(compiled, project))
        if not project.state:
            figures = "，".join(f"{one.label} {one.value} {one.unit}" for one in operands)
            message = f"项目“{project.name}”{f'（{figures}）' if figures else ''}还没有项目自评。"
            hint = "请在“项目自评”中新建这个项目的自评；如不是单独的项目，请在预算明细中改正项目名称。"
            yield _finding(
                compiled,
                "项目-未自评",
                "must_fix",
                "项目没有自评",
                message,
                hint,
                place,
                project.name,
                operands,
            )
        elif project.name not in named:
            message = f"项目自评“{project.name}”在预算明细中没有同名的项目支出。"
            hint = "项目改名的，请给项目自评改用新的名称；不再需要的，请作废该项目自评。"
            yield _finding(
                compiled,
                "项目-无预算",
                "explain",
                "项目自评没有对应的预算",
                message,
                hint,
                place,
                project.name,
            )
    unnamed = [line for line in lines if not line.project]
    if unnamed:
        message = f"预算明细中有 {len(unnamed)} 行项目支出没有写项目名称，不属于任何一份项目自评。"
        hint = "请在预算明细中写上项目名称；确实不分项目的，可不处理。"
        place = f"{LINES}[{unnamed[0].id}].project"
        yield _finding(compiled, "项目-无名称", "hint", "项目支出没有项目名称", message, hint, place)


def _operands(compiled: CompiledTemplate, project: Project) -> Iterator[Operand]:
    unit = compiled.spec.unit
    for label, name, value in (
        ("全年预算数", "final", project.final),
        ("执行数", "executed", project.executed),
    ):
        if isinstance(value, Decimal):
            location = f"{PROJECTS}[{project.reference}].{name}"
            yield Operand(label, compiled.locate(location), show(value, MONEY, unit), unit, exactly(value))


def _finding(
    compiled: CompiledTemplate,
    code: str,
    severity: Severity,
    title: str,
    message: str,
    hint: str,
    place: str,
    row: str = "",
    operands: tuple[Operand, ...] = (),
) -> Finding:
    return Finding(
        code,
        severity,
        "佐证",
        title,
        message,
        hint,
        (compiled.locate(place),),
        (),
        operands,
        "",
        "",
        fingerprint(code, compiled.spec.code, row, operands),
    )

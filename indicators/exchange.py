"""Templates as files that leave the system and come back: YAML or Excel, tried first, stored on confirmation.

What comes in is a draft: the next version of its code, or in place of the draft that there is. Nothing is
stored while something is wrong with the file, and nothing over what somebody changed since it was checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from .engine.differing import Change, differences
from .engine.faults import Fault, TemplateFaults
from .engine.reading import read_template, template_hash
from .engine.spec import TemplateSpec
from .engine.template import is_code
from .engine.verify import verify
from .loading import MAX_BYTES, load_yaml, spec_of
from .models import IndicatorTemplate, State
from .publishing import Stale, store_draft, unstorable
from .workbooks import archives
from .workbooks.drawing import to_workbook
from .workbooks.reading import read_workbook
from .workbooks.saving import TYPE
from .writing import to_yaml

#: Endings of names of workbooks, of old ones and ones with macros, too, which are refused by their own names.
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ett")


@dataclass(frozen=True, slots=True)
class Received:
    """A template from a file. `locate`: where in the file a place of the template stands.

    `notes`: sentences about the file worth knowing.
    """

    spec: TemplateSpec
    locate: Callable[[str], str]
    notes: tuple[str, ...] = ()

    def faults(self) -> tuple[Fault, ...]:
        """What verification says of the template, at the places of the file."""
        return tuple(self.at_home(fault) for fault in verify(self.spec))

    def at_home(self, fault: Fault) -> Fault:
        """A fault of the template at its place in the file."""
        return Fault(self.locate(fault.place), fault.message, fault.severity)


def receive(name: str, data: bytes) -> Received:
    """What a file says, whatever it is called.

    Raises `FileFault` or `TemplateFaults` with places of the file.
    """
    if PurePath(name).suffix.lower() in WORKBOOKS or data.startswith((archives.ZIP, archives.OLE)):
        reading = read_workbook(data)
        return Received(reading.spec, reading.log.locate, reading.notes)
    return Received(read_template(load_yaml(data)), lambda place: place)


@dataclass(frozen=True, slots=True)
class Standing:
    """What storing a template would meet: the `draft` that it would replace, the `newest` version.

    `same`: the version that has this very content already, so that there is nothing to store.
    """

    draft: IndicatorTemplate | None
    newest: IndicatorTemplate | None
    same: IndicatorTemplate | None

    @property
    def before(self) -> IndicatorTemplate | None:
        """With what the template is compared."""
        return self.draft or self.newest

    @property
    def seen(self) -> str:
        """Names what was met, for `store`: another has another name."""
        return f"{self.before.version}-{self.before.state}-{self.before.content_hash}" if self.before else ""

    @property
    def version(self) -> int:
        """Under which number the template would be stored."""
        if self.draft is not None:
            return self.draft.version
        return self.newest.version + 1 if self.newest is not None else 1

    def changes(self, spec: TemplateSpec) -> tuple[Change, ...]:
        """What would change; nothing where there is nothing before."""
        return differences(spec_of(self.before), spec) if self.before is not None else ()


def standing(spec: TemplateSpec) -> Standing:
    """What is stored under the template's code."""
    versions = list(IndicatorTemplate.objects.filter(code=spec.code))
    draft = next((one for one in versions if one.state == State.DRAFT), None)
    published = next((one for one in versions if one.state == State.PUBLISHED), None)
    digest = template_hash(spec)
    same = next((one for one in (published, draft) if one is not None and one.content_hash == digest), None)
    return Standing(draft, versions[0] if versions else None, same)


@transaction.atomic
def store(spec: TemplateSpec, seen: str, by: object, request: HttpRequest | None = None) -> IndicatorTemplate:
    """Store a template as draft, after somebody has seen what that does (`seen`: of its `Standing`).

    Raises `Stale` when something else is stored under its code by now, `TemplateFaults` for what no draft may
    have.
    """
    stale = Stale("检查文件以后，这个模板又有改动，没有导入。请看过现在的差别，再决定是否导入。")
    list(IndicatorTemplate.objects.select_for_update().filter(code=spec.code).values_list("pk"))
    if standing(spec).seen != seen:
        raise stale
    if faults := hindrances(spec):
        raise TemplateFaults(faults)
    try:
        with transaction.atomic():
            return store_draft(spec, by, request=request)
    except IntegrityError as error:  # somebody began the same template in the same moment
        raise stale from error


def hindrances(spec: TemplateSpec) -> list[Fault]:
    """What no draft may have: what neither row nor file can hold, and a wrong code, which would stay."""
    faults = list(unstorable(spec))
    if len(to_yaml(spec).encode()) > MAX_BYTES:
        faults.append(Fault("", f"模板的内容超过 {MAX_BYTES // 1024 // 1024} MB，请删去多余的内容"))
    if not is_code(spec.code) and not any(fault.place == "code" for fault in faults):
        words = f"“{spec.code}”不能作代码：由英文字母开头，含字母、数字、- 和 _，最多 40 个"
        faults.append(Fault("code", words))
    return faults


#: form → MIME type and how the template is written.
FORMS: dict[str, tuple[str, Callable[[TemplateSpec], bytes]]] = {
    "yaml": ("application/yaml; charset=utf-8", lambda spec: to_yaml(spec).encode()),
    "xlsx": (TYPE, to_workbook),
}


def file_name(template: IndicatorTemplate, form: str) -> str:
    """`baojing-2017-第2版.xlsx`."""
    return f"{template.code}-第{template.version}版.{form}"

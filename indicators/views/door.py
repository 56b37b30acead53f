"""The one question every page of the workshop asks first; answered by `user.has_perm` (evaluations.access).

Whoever may see templates sees those of every region, for a county starts from its province's. Changing asks
for the region of the template.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from ..models import IndicatorTemplate, State

VIEW = "indicators.view_templates"
CHANGE = "indicators.change_templates"
PUBLISH = "indicators.publish_templates"


def admit(request: HttpRequest) -> None:
    """Raises `PermissionDenied` (403) for whoever may not see templates at all."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied


def may(request: HttpRequest, permission: str, region_code: str) -> bool:
    """Whether the permission reaches templates of the region."""
    return request.user.has_perm(permission, IndicatorTemplate(region_code=region_code))


def get_template(request: HttpRequest, pk: int, permission: str = VIEW) -> IndicatorTemplate:
    """The template; `PermissionDenied` without the permission for its region, `Http404` for none."""
    admit(request)
    template = IndicatorTemplate.objects.filter(pk=pk).first()
    if template is None:
        raise Http404("没有找到这个指标模板。")
    if permission != VIEW and not may(request, permission, template.region_code):
        raise PermissionDenied(
            f"您的权限不包括行政区划 {template.region_code} 的指标模板，不能修改。可以复制为本地区的模板。"
        )
    return template


def may_edit(request: HttpRequest, template: IndicatorTemplate) -> bool:
    """Whether this person could change this version: a draft of a region that they look after."""
    return template.state == State.DRAFT and may(request, CHANGE, template.region_code)

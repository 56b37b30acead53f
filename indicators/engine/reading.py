"""Plain data (from YAML, JSON or Excel) → `TemplateSpec` with every fault at its place, and back.

The reader is driven by the type hints of `spec`, so a field added there is read, checked and written without
a line here. Numbers are `Decimal`, int or decimal text, never float.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
import types
import typing
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union

from .faults import Fault, TemplateFaults
from .names import did_you_mean
from .spec import TemplateSpec
from .values import plain

_DECIMAL = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{1,24})?")
_MAX_DEPTH = 40
#: Said of a key that must be given and is not.
MISSING = "缺少这一项"


def read_template(data: Mapping[str, Any]) -> TemplateSpec:
    """The template that `data` describes. Raises `TemplateFaults` with all that is wrong."""
    spec, faults = read(data, TemplateSpec)
    if faults:
        raise TemplateFaults(faults)
    return spec


def read(data: Any, wanted: Any, place: str = "") -> tuple[Any, tuple[Fault, ...]]:
    """(what `data` says as a `wanted`, a class of the spec or a tuple of one, or None; its faults).

    The same reading as of a whole file, for a piece that stands at `place`: faults are told from there.
    """
    reader = _Reader()
    found = reader.read(data, wanted, place)
    return (None if reader.faults else found), tuple(reader.faults)


def dump(spec: Any) -> dict[str, Any]:
    """Inverse of `read_template`: defaults left out (but `kind`, which names a rule), decimals as text."""
    written: dict[str, Any] = {}
    for item in dataclasses.fields(spec):
        value = getattr(spec, item.name)
        if item.name == "kind" or value != default_of(item):
            written[item.name] = _plain_data(value)
    return written


def canonical_json(data: Any) -> str:
    """One text for one content, whatever the order of keys: what is hashed."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def template_hash(spec: TemplateSpec) -> str:
    """sha-256 of the content; a published template is frozen under it."""
    return hashlib.sha256(canonical_json(dump(spec)).encode()).hexdigest()


def stated(piece: Any) -> Iterator[tuple[str, Any]]:
    """What a file must say of a piece, as (key, value): no defaults, the kind that names a rule first."""
    hints = hints_of(type(piece))
    for item in sorted(
        dataclasses.fields(piece), key=lambda item: not names_rule(item.name, hints[item.name])
    ):
        value = getattr(piece, item.name)
        if value != default_of(item) or names_rule(item.name, hints[item.name]):
            yield item.name, value


def names_rule(key: str, hint: Any) -> bool:
    """Whether a key is the `kind` by which a rule is told from the others; it has one value only."""
    return key == "kind" and len(typing.get_args(hint)) == 1


def _plain_data(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return dump(value)
    if isinstance(value, tuple):
        return [_plain_data(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain_data(item) for key, item in value.items()}
    return plain(value) if isinstance(value, Decimal) else value


def default_of(item: dataclasses.Field) -> Any:
    """What a key that is left out says; `MISSING` where it must not be."""
    return item.default_factory() if item.default_factory is not dataclasses.MISSING else item.default


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """key → type of a class of `spec`."""
    return typing.get_type_hints(kind)


def _child(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _named(value: Any) -> str:
    """A value as it is quoted in a message."""
    if isinstance(value, Mapping):
        return "一组键值"
    if isinstance(value, (list, tuple)):
        return "一个列表"
    text = str(value)
    return f"“{text if len(text) <= 30 else text[:30] + '…'}”"


class _Reader:
    """Reads by type and remembers every fault; what cannot be read is None and never leaves this module."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def read(self, value: Any, wanted: Any, place: str) -> Any:
        if place.count(".") > _MAX_DEPTH:
            return self.fault(place, "嵌套过深")
        if isinstance(value, float):
            return self.fault(
                place, f"{_named(value)}是浮点数，会丢失精度：请写成整数或带引号的文本，如 '0.5'"
            )
        origin = typing.get_origin(wanted)
        if dataclasses.is_dataclass(wanted):
            return self.read_object(value, wanted, place)
        if origin is tuple:
            return self.read_list(value, typing.get_args(wanted)[0], place)
        if origin is dict:
            return self.read_mapping(value, typing.get_args(wanted)[1], place)
        if origin is Literal:
            return self.read_literal(value, typing.get_args(wanted), place)
        if origin in (Union, types.UnionType):
            return self.read_union(value, typing.get_args(wanted), place)
        return getattr(self, f"read_{wanted.__name__}")(value, place)

    def fault(self, place: str, message: str) -> None:
        self.faults.append(Fault(place, message))

    def read_object(self, value: Any, wanted: type, place: str) -> Any:
        if not isinstance(value, Mapping):
            return self.fault(place, f"这里应是一组键值（{wanted.__name__}），而不是{_named(value)}")
        known = {item.name: item for item in dataclasses.fields(wanted)}
        for key in value:
            if key not in known:
                self.fault(_child(place, str(key)), f"没有“{key}”这一项{did_you_mean(str(key), known)}")
        read = {}
        for name, item in known.items():
            if name in value:
                read[name] = self.read(value[name], hints_of(wanted)[name], _child(place, name))
            elif default_of(item) is dataclasses.MISSING:
                self.fault(_child(place, name), MISSING)
        return wanted(**read) if not self.faults else None

    def read_list(self, value: Any, item: Any, place: str) -> Any:
        if not isinstance(value, (list, tuple)):
            return self.fault(place, f"这里应是列表，而不是{_named(value)}")
        return tuple(self.read(entry, item, f"{place}[{number}]") for number, entry in enumerate(value))

    def read_mapping(self, value: Any, item: Any, place: str) -> Any:
        if not isinstance(value, Mapping):
            return self.fault(place, f"这里应是一组键值，而不是{_named(value)}")
        return {
            self.read_str(key, place): self.read(entry, item, _child(place, str(key)))
            for key, entry in value.items()
        }

    def read_literal(self, value: Any, allowed: tuple, place: str) -> Any:
        if value in allowed and not isinstance(value, bool):
            return value
        choices = "、".join(f"“{choice}”" for choice in allowed)
        return self.fault(place, f"{_named(value)}不在可选的值内：{choices}")

    def read_union(self, value: Any, options: tuple, place: str) -> Any:
        if value is None and type(None) in options:
            return None
        options = tuple(option for option in options if option is not type(None))
        if len(options) == 1:
            return self.read(value, options[0], place)
        kinds = {typing.get_args(hints_of(option)["kind"])[0]: option for option in options}
        if not isinstance(value, Mapping):
            return self.fault(place, f"这里应是一组键值，而不是{_named(value)}")
        if not isinstance(value.get("kind"), str) or value["kind"] not in kinds:
            return self.fault(
                _child(place, "kind"), f"{_named(value.get('kind'))}不是计分规则：{'、'.join(kinds)}"
            )
        return self.read(value, kinds[value["kind"]], place)

    def read_str(self, value: Any, place: str) -> str | None:
        """Text; YAML's numbers and dates are taken back as the text they were."""
        if isinstance(value, str):
            return value
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return format(value, "f" if isinstance(value, Decimal) else "d")
        if type(value) is datetime.date:
            return value.isoformat()
        return self.fault(place, f"这里应是文本，而不是{_named(value)}：请加引号")

    def read_int(self, value: Any, place: str) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return self.fault(place, f"这里应是整数，而不是{_named(value)}")

    def read_bool(self, value: Any, place: str) -> bool | None:
        return (
            value
            if isinstance(value, bool)
            else self.fault(place, f"这里应是 true 或 false，而不是{_named(value)}")
        )

    def read_Decimal(self, value: Any, place: str) -> Decimal | None:
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        if (
            isinstance(value, (str, int, Decimal))
            and not isinstance(value, bool)
            and _DECIMAL.fullmatch(text)
        ):
            return Decimal(value)
        return self.fault(place, f"这里应是数字，而不是{_named(value)}")

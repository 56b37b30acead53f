"""Template files → plain data, and stored templates → compiled templates.

The YAML read here is a plain subset: mappings, lists, texts, whole numbers, decimals, true/false/null. No
aliases, no tags, no dates, no yes/no/on/off, no octal: what a person writes is what arrives. Decimals are
`Decimal`s of their text. JSON files are read the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .engine.faults import Fault
from .engine.reading import read_template
from .engine.spec import TemplateSpec
from .engine.template import CompiledTemplate, compile_template
from .engine.verify import verify
from .models import IndicatorTemplate

#: The templates that come with the program.
LIBRARY = Path(__file__).parent / "library"
#: 指标体系框架 to begin a template with: without weights, so none may be published before somebody sets them.
FRAMEWORKS = LIBRARY / "frameworks"

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 40

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,30})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]{1,30}")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


class FileFault(ValueError):
    """The file cannot be read as data. `args[0]`: one Chinese sentence with its place and remedy."""


def shipped() -> tuple[Path, ...]:
    """The files of `LIBRARY`, in order of name: each may be published as it is."""
    return tuple(sorted(LIBRARY.glob("*.yaml")))


def frameworks() -> tuple[Path, ...]:
    """The files of `FRAMEWORKS`, in order of name."""
    return tuple(sorted(FRAMEWORKS.glob("*.yaml")))


def load_yaml(source: Path | bytes | str) -> dict[str, Any]:
    """The mapping in a file (`Path`), its bytes or its text; raises `FileFault`."""
    data = read_file(source, MAX_BYTES) if isinstance(source, Path) else source
    text = _text(data if isinstance(data, bytes) else data.encode())
    try:
        data = _document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark)
        raise FileFault(f"{place}不是正确的 YAML，请检查这里和上一行的缩进、冒号、引号和括号。") from error
    except yaml.YAMLError as error:
        raise FileFault("文件中有 YAML 不允许的控制字符，请用文本编辑器删除后再试。") from error
    if not isinstance(data, dict):
        raise FileFault("文件最外层应为“键: 值”的形式，例如 code: baojing-2017。")
    return data


def read_file(path: Path, most: int) -> bytes:
    """The bytes of a file; raises `FileFault` when there are more than `most`, or none to be had."""
    try:
        if path.stat().st_size > most:
            raise too_large(most)
        return path.read_bytes()
    except OSError as error:
        raise FileFault(f"文件无法读取（{error.strerror}），请检查路径和权限。") from error


def too_large(most: int) -> FileFault:
    """What is said of a file of more than `most` bytes."""
    return FileFault(f"文件超过 {most // 1024 // 1024} MB，请检查是否选错了文件。")


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise too_large(MAX_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFault("文件不是 UTF-8 编码，请另存为 UTF-8 后再试。") from error


def _document(events: Iterator[yaml.Event]) -> Any:
    """The value of the single document in a stream of parser events."""
    next(events)  # StreamStart
    if isinstance(next(events), yaml.StreamEndEvent):
        return None
    value = _value(next(events), events, depth=0)
    next(events)  # DocumentEnd
    further = next(events)
    if not isinstance(further, yaml.StreamEndEvent):
        raise FileFault(f"{_place(further.start_mark)}又开始了一份文档（---），一个文件只能有一份。")
    return value


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Any:
    if isinstance(event, yaml.AliasEvent):
        raise FileFault(f"{_place(event.start_mark)}用了别名 *{event.anchor}，这里不支持，请把内容写全。")
    if depth > MAX_DEPTH:
        raise FileFault(f"{_place(event.start_mark)}嵌套超过 {MAX_DEPTH} 层，请检查缩进或括号。")
    if event.tag not in (None, "!"):
        raise FileFault(f"{_place(event.start_mark)}用了类型标记 {event.tag}，这里不支持，请删除。")
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, depth)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_value(item, events, depth + 1))
        return items
    return _scalar(event)


def _mapping(events: Iterator[yaml.Event], depth: int) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent):
            raise FileFault(f"{_place(key.start_mark)}的键不是文字，请改为文字。")
        if key.value in mapping:
            raise FileFault(f"{_place(key.start_mark)}的键“{key.value}”重复，请删除其中一个。")
        mapping[key.value] = _value(next(events), events, depth + 1)
    return mapping


def _scalar(event: yaml.ScalarEvent) -> Any:
    if not event.implicit[0]:  # quoted
        return event.value
    if event.value in _WORDS:
        return _WORDS[event.value]
    if _INTEGER.fullmatch(event.value):
        return int(event.value)
    if _DECIMAL.fullmatch(event.value):
        return Decimal(event.value)
    return event.value


def _place(mark: yaml.Mark | None) -> str:
    return f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark is not None else ""


@dataclass(frozen=True)
class _Content:
    """A template's document, equal to another when its hash is."""

    content_hash: str
    content: dict[str, Any] = field(compare=False)


@lru_cache(maxsize=64)
def _read_spec(document: _Content) -> TemplateSpec:
    return read_template(document.content)


@lru_cache(maxsize=64)
def _compiled(document: _Content) -> CompiledTemplate:
    return compile_template(_read_spec(document))


@lru_cache(maxsize=64)
def _verified(document: _Content) -> tuple[Fault, ...]:
    return verify(_read_spec(document))


def spec_of(template: IndicatorTemplate) -> TemplateSpec:
    """What the template says, whether it compiles or not: a draft is kept with all its faults."""
    return _read_spec(_Content(template.content_hash, template.content))


def verified(template: IndicatorTemplate) -> tuple[Fault, ...]:
    """What static verification says of the template: errors and warnings, found once per content."""
    return _verified(_Content(template.content_hash, template.content))


def compiled(template: IndicatorTemplate) -> CompiledTemplate:
    """The template ready for use; compiled once per content and process.

    Raises `TemplateFaults` for a draft that does not compile; what was published does.
    """
    return compiled_content(template.content, template.content_hash)


def compiled_content(content: dict[str, Any], content_hash: str) -> CompiledTemplate:
    """The same for a document that a snapshot carries with its hash."""
    return _compiled(_Content(content_hash, content))

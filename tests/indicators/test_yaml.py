"""What a template file may say, and how every other file is refused with its place."""

from decimal import Decimal
from pathlib import Path

import pytest

from indicators.loading import MAX_BYTES, FileFault, load_yaml


def test_values_arrive_as_they_are_written():
    text = """
    whole: 12
    decimal: 1260824.10
    code: 010
    word: yes
    day: 2018-06-20
    quoted: '12'
    nothing: ~
    truth: true
    long: |
      两行
      文字
    list: [1, 0.5, 优]
    """
    assert load_yaml(text) == {
        "whole": 12,
        "decimal": Decimal("1260824.10"),
        "code": "010",
        "word": "yes",
        "day": "2018-06-20",
        "quoted": "12",
        "nothing": None,
        "truth": True,
        "long": "两行\n文字\n",
        "list": [1, Decimal("0.5"), "优"],
    }


def test_a_decimal_keeps_the_digits_of_its_text():
    assert str(load_yaml("amount: 0.10")["amount"]) == "0.10"


BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (BOMB, "第 2 行第 8 列用了别名 *a"),
        ("a: 1\nb: 2\na: 3", "第 3 行第 1 列的键“a”重复"),
        ("a:\n  - {b: 1, b: 2}", "第 2 行第 12 列的键“b”重复"),
        ("a: !!python/object/apply:os.system [ls]", "第 1 行第 4 列用了类型标记"),
        ("a: !!float 1", "第 1 行第 4 列用了类型标记"),
        ("a: " + "[" * 5000, "嵌套超过 40 层"),
        ("a: [1, 2\nb: 3", "第 2 行第 2 列不是正确的 YAML"),
        ("a: '没有写完", "不是正确的 YAML"),
        ("? [a, b]\n: 1", "第 1 行第 3 列的键不是文字"),
        ("a: 1\n---\nb: 2", "第 2 行第 1 列又开始了一份文档"),
        ("- 1\n- 2", "最外层应为“键: 值”"),
        ("", "最外层应为“键: 值”"),
        ("a: \x07", "控制字符"),
        ("a: " + "长" * MAX_BYTES, "文件超过 2 MB"),
    ],
)
def test_other_texts_are_refused_with_their_place(text, complaint):
    with pytest.raises(FileFault) as refused:
        load_yaml(text)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("标题: 县总工会".encode("gbk"), "不是 UTF-8 编码"),
        (b"a" * (MAX_BYTES + 1), "文件超过 2 MB"),
        (None, "文件无法读取"),
    ],
    ids=["other encoding", "too large", "absent"],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, content, complaint):
    path = tmp_path / "t.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileFault) as refused:
        load_yaml(path)
    assert complaint in str(refused.value)


def test_a_byte_order_mark_does_not_matter(tmp_path: Path):
    path = tmp_path / "t.yaml"
    path.write_bytes(b"\xef\xbb\xbfcode: x")
    assert load_yaml(path) == {"code": "x"}

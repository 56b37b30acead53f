"""The grammar of formulas (公式): text → syntax tree within limits, or a `FormulaError` that points."""

from __future__ import annotations

import re

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from .names import half_width

MAX_CHARS = 1000
MAX_NODES = 400
MAX_DEPTH = 120
MAX_DIGITS = 24

_GRAMMAR = r"""
?start: either

?either: both | either _OR both
?both: denial | both _AND denial
?denial: comparison | _NOT denial -> negation
?comparison: sum | sum COMPARE sum | sum _BEGINS sum -> begins
?sum: product | sum SIGN product -> arithmetic
?product: signed | product TIMES signed -> arithmetic
?signed: atom | SIGN signed
?atom: NUMBER NAME?                          -> number
     | STRING                                -> text
     | name
     | name "." name                         -> column
     | NAME "(" [either ("," either)*] ")"   -> call
     | "(" either ")"
name: NAME | BRACED

_OR.2: /(或|or)(?![\w·])/
_AND.2: /(且|and)(?![\w·])/
_NOT.2: /(非|not)(?![\w·])/
_BEGINS.2: /(始于|begins)(?![\w·])/
COMPARE: "<=" | ">=" | "<>" | "!=" | "==" | "=" | "≠" | "≤" | "≥" | "<" | ">" | "≦" | "≧"
SIGN: "+" | "-"
TIMES: "*" | "/" | "×" | "÷"
NUMBER: /[0-9]+(\.[0-9]+)?/
STRING: /"[^"]*"|“[^”]*”/
BRACED: /\{[^{}]*\}/
NAME: /[^\W\d][\w·]*/
%ignore /\s+/
"""
_PARSER = Lark(_GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)

# Labels in braces and text in quotes keep the characters they are written with.
_VERBATIM = re.compile(r'([{｛][^{}｛｝]*[}｝]|“[^”]*”|"[^"]*")')
_BRACES = str.maketrans("｛｝", "{}")
CONNECTIVES = ("且", "或", "非", "始于")


class FormulaError(ValueError):
    """A formula that is refused. `position` counts from 0; the message tells it counting from 1."""

    def __init__(self, message: str, position: int, offending: str = ""):
        self.position = position
        where = f"第 {position + 1} 个字" + (f"“{offending}”" if offending else "")
        super().__init__(f"{where}：{message}")


def parse_formula(text: str) -> Tree | Token:
    """Syntax tree of `text`. Raises `FormulaError`, and nothing else, whatever the text."""
    if len(text) > MAX_CHARS:
        raise FormulaError(f"公式超过 {MAX_CHARS} 个字，请拆成几个数据项", MAX_CHARS)
    if not text.strip():
        raise FormulaError("公式是空的", 0)
    try:
        tree = _PARSER.parse(_half_width_outside_quotes(text))
    except UnexpectedCharacters as error:
        raise _unexpected_character(text[error.pos_in_stream], error.pos_in_stream) from None
    except UnexpectedToken as error:
        raise _unexpected_token(text, error.token) from None
    _limit(tree)
    return tree


def _half_width_outside_quotes(text: str) -> str:
    pieces = _VERBATIM.split(text)
    pieces[::2] = [half_width(piece) for piece in pieces[::2]]
    pieces[1::2] = [
        piece[0].translate(_BRACES) + piece[1:-1] + piece[-1].translate(_BRACES) for piece in pieces[1::2]
    ]
    return "".join(pieces)


def _unexpected_character(character: str, position: int) -> FormulaError:
    advice = {
        "%": "公式里不写百分号：百分数按 84.62 计，求百分比请写 × 100",
        "{": "花括号没有配对：不规则的名称请写成 {完成率%}",
        "}": "花括号没有配对：不规则的名称请写成 {完成率%}",
        "“": "引号没有配对",
        "”": "引号没有配对",
        '"': "引号没有配对",
        "^": "没有乘方",
    }
    return FormulaError(advice.get(character, "公式里不能用这个字符"), position, character)


def _unexpected_token(text: str, token: Token) -> FormulaError:
    if token.type == "$END":
        return FormulaError("公式没有写完", len(text.rstrip()))
    word = str(token)
    before = re.search(r"[\w·]*$", text[: token.start_pos].rstrip())[0]
    if glued := next((known for known in CONNECTIVES if known in before or known in word), None):
        return FormulaError(f"“{glued}”的前后请空一格", token.start_pos, word)
    if token.type == "COMPARE":
        return FormulaError("比较不能连写，请用“且”连接两个比较", token.start_pos, word)
    return FormulaError("这里不应出现这个词，请检查前后的运算符和括号", token.start_pos, word)


def _limit(tree: Tree | Token) -> None:
    """Refuse what is too big to be compiled by recursion; walks without recursion itself."""
    nodes, layer, depth = 0, [tree], 0
    while layer:
        depth += 1
        nodes += sum(isinstance(node, Tree) for node in layer)
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise FormulaError("公式太复杂：请拆成几个数据项，连加请用 合计(…)", 0)
        for token in layer:
            if isinstance(token, Token) and token.type == "NUMBER":
                _limit_number(token)
        layer = [child for node in layer if isinstance(node, Tree) for child in node.children]


def _limit_number(token: Token) -> None:
    if len(token) > MAX_DIGITS:
        raise FormulaError(f"数字超过 {MAX_DIGITS} 位", token.start_pos, str(token))
    if len(token) > 1 and token[0] == "0" and token[1] != ".":
        raise FormulaError("数字不能以 0 开头，也不写千分位逗号", token.start_pos, str(token))

"""Static verification of conditions: one that never holds was meant to say something else."""

from __future__ import annotations

from collections.abc import Iterator

from .compiled import CompiledTemplate
from .conditions import Conditions
from .faults import Fault
from .outline import walk, walk_indicators
from .terms import written


def condition_faults(compiled: CompiledTemplate) -> Iterator[Fault]:
    """The conditions of checks, of 不适用 and of sentences that never hold."""

    def never(text: str, table: str = "") -> bool:
        conditions = Conditions()
        return not conditions.is_possible(conditions.test(written(compiled, text, table)))

    for number, rule in enumerate(compiled.spec.checks):
        if rule.when and never(rule.when, rule.each):
            words = f"适用条件“{rule.when}”永远不成立，这条审核从不起作用：请改正条件，或删除这条"
            yield Fault(f"checks[{number}].when", words)
    for place, node in walk_indicators(compiled.spec):
        if node.na_when and never(node.na_when):
            yield Fault(f"{place}.na_when", f"条件“{node.na_when}”永远不成立：请改正或删除")
    for node in walk(compiled.spec):
        for index, block in enumerate(node.section.blocks):
            for number, sentence in enumerate(block.sentences):
                if sentence.when and never(sentence.when):
                    place = f"{node.place}.blocks[{index}].sentences[{number}].when"
                    yield Fault(place, f"条件“{sentence.when}”永远不成立，这一句从不印出", "warning")

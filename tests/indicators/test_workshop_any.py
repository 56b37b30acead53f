"""Whatever a draft says, its pages are drawn and what they send is read: drafts are kept with all faults."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.engine import parts
from indicators.engine.adding import LISTS, proposed
from indicators.engine.looking import look
from indicators.engine.parts import PartFault
from indicators.engine.spec import TemplateSpec
from indicators.engine.usage import usage
from indicators.forms import addresses, piece_from, posting, trees
from indicators.forms.completion import names
from indicators.forms.drawing import PieceForm
from indicators.forms.sides import sides
from indicators.views import told
from indicators.views.part import around_of

from .made import any_of
from .test_workshop_forms import addressed, drawn

ANY = settings(max_examples=15, suppress_health_check=list(HealthCheck))


def found(spec: TemplateSpec) -> list[str]:
    """The pieces that can be reached: a draft may hold a code twice, or none."""
    return [address for address in addressed(spec) if parts.exists(spec, address)]


@ANY
@given(any_of(TemplateSpec))
def test_every_piece_of_any_template_is_drawn_and_read(spec):
    for address in found(spec):
        piece, hint = parts.find(spec, address), addresses.hint_of(address)
        sent = drawn(spec, address).values()
        again, faults = piece_from(hint, sent)
        assert [fault.message for fault in faults if "缺少" not in fault.message] == [], address
        if again is not None:
            sides(piece, again)


@ANY
@given(any_of(TemplateSpec))
def test_lists_uses_and_names_of_any_template_are_told(spec):
    usage(spec)
    names(around_of(spec, parts.GENERAL))
    for name in LISTS:
        told.rows(spec, name)
        proposed(spec, name)


@ANY
@given(any_of(TemplateSpec), st.text("全年执行数预算1+÷(){}.,“” 若合计", max_size=30))
def test_any_formula_in_any_template_is_looked_at(spec, text):
    for address in found(spec)[:5]:
        told_of = look(spec, text, address, "formula", address.partition("/")[2])
        assert told_of.error or told_of.type


@ANY
@given(st.dictionaries(st.text("abcdefrule.[]0123", max_size=20), st.text(max_size=5), max_size=8))
def test_any_post_is_read_or_refused(sent):
    for address in ("general", "grades", "indicators/A", "outline/x", "checks/x", "examples/1", "forms/x"):
        hint = addresses.hint_of(address)
        piece_from(hint, sent)
        shape = posting.whole(hint)
        tree = trees.of_post(trees.posted(sent), shape)
        PieceForm(around_of(TemplateSpec("a", "b", "c", (2024,), "1"), address), shape, tree)
        for deed in sent.values():
            try:
                trees.act(tree, shape, f"add:{deed}")
            except LookupError:
                continue


def test_a_code_that_is_there_twice_is_no_trap():
    spec = TemplateSpec("a", "b", "c", (2024,), "1")
    try:
        parts.place_of(spec, "fields/x")
    except PartFault as fault:
        assert "可能已被他人删除" in str(fault)

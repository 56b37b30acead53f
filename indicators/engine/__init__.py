"""The scoring engine (计分引擎): pure Python, no Django, no I/O, no clock, no float.

Everything that computes a figure, a score or a finding is here and nowhere else:

    spec        frozen dataclasses: what a template (指标模板) says (chapters: its outline; kinds: its rules)
    reading     plain data → spec with every fault at its place, and back to canonical JSON
    values      what people type → Decimal, date, text; 0, 不适用 and 未填 are three things
    facts       what one evaluation states
    formula     the small total formula language (grammar, scope, units, expressions, functions, operations)
    template    a spec compiled once: names resolved, formulas closed over, dependencies ordered (compiled,
                plan, outline, printing)
    figures     facts computed: derived figures, table rows and totals
    bindings    figures inside texts
    written     which optional chapters are printed
    targets     年度指标值 and 实际完成值 as people write them → operator, number, unit (attainment; stated:
                typed in one box or in parts)
    rules       the eight rule kinds (计分规则), each a pure function
    open_groups 自设指标: rows of the department → indicators of its evaluation
    scoring     figures → score sheet (sheet)
    checks      figures → findings (审核公式; findings, completeness, completeness_scores)
    verify      static verification before a template is published (verify_chapters, verify_rules, examples)
"""

#: Raised by one whenever a change can alter a recomputed score; stored with every score sheet and snapshot.
ENGINE_VERSION = 1

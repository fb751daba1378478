"""The grammar of clauses: what it takes, where it says things stand, and that nothing outside it gets through."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contractgen.contract import parse_contract
from contractgen.errors import ContractgenError, Place, TemplateFault
from contractgen.library import library
from contractgen.markup import Condition, Field, Template, Words, compile_clause, compile_label, fields_of
from contractgen.merging import Merged, Merger
from contractgen.terms import Terms, work_out
from contractgen.tree import Emphasis, NumberedItem, Paragraph, Reference, Strong, Text, Value, plain

HEAD = "+++\nrevision = 1\n+++\n"
RECORD = """
vendor: ayotex
tier: basic
transaction: initial
currency: IRR
contract: {number: AYX-1}
customer: {name: NAME, area: tehran}
documents: {sdd: {number: S-1, date: 1404/01/20}}
"""
HOSTILE_NAME = "'R&D <b>Seoul</b> # 1. *Acme* {{ 7*7 }} [x](http://a) | `c` \\ 😀'"


def clause(body: str) -> Template:
    return compile_clause(HEAD + body, "c.md")


def faults(body: str) -> list[tuple[int, int, str]]:
    with pytest.raises(TemplateFault) as caught:
        clause(body)
    return [(problem.place.line, problem.place.column, problem.cause) for problem in caught.value.problems]


def terms(name: str = "Acme") -> Terms:
    contract = parse_contract(RECORD.replace("NAME", name))
    return work_out(contract, library().policy("ayotex", Place("test")), "sdd")


def merge(body: str, name: str = "Acme") -> Merged:
    merger = Merger(library().locale("en"), terms(name))
    merged = merger.clause(clause(body))
    merger.raise_problems()
    return merged


def test_a_value_has_a_name_a_form_a_particle_and_a_place() -> None:
    (_, field, _) = clause('The fee: {{  fee | words | particle("은/는") }}.').parts
    assert field == Field("fee", "words", "은/는", Place("c.md", 4, 14))


def test_values_stand_where_they_are_written_not_where_their_name_is_read_first() -> None:
    fields = list(fields_of(clause("A tier is a {{ tier }} and {{ tier }}\nor {{\ntier }}.").parts))
    assert [(field.place.line, field.place.column) for field in fields] == [(4, 16), (4, 31), (6, 1)]


def test_conditions_nest_and_keep_their_lines() -> None:
    (condition, words) = clause(
        '{% if a == "x" %}\n{{ b }}{% elif c not in ["y", "z"] %}{{ d }}{% else %}e{% endif %} f'
    ).parts
    assert isinstance(condition, Condition)
    (other,) = condition.otherwise
    assert isinstance(other, Condition)
    assert (other.fact, other.values, other.negated, other.place) == ("c", ("y", "z"), True, Place("c.md", 5, 16))
    assert other.otherwise == (Words("e", 5),)
    assert words == Words(" f", 5)


def test_a_paragraph_after_a_branch_that_was_left_out_knows_its_line() -> None:
    merged = merge('# Heading\n\n{% if tier == "premium" %}\nOne.\n\nTwo.\n\n{% endif %}\nThree {{ customer.name }}.\n')
    (paragraph,) = merged.blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.place == Place("c.md", 12, 1)


def test_a_clause_becomes_heading_paragraphs_and_items() -> None:
    merged = merge("# The *heading*\n\nA **bold {{ tier }}** word in [](#fees).\n\n1. one\n   1. deeper\n2. two\n")
    assert merged.heading == (Text("The "), Emphasis((Text("heading"),)))
    paragraph, one, deeper, two = merged.blocks
    assert isinstance(paragraph, Paragraph)
    assert any(isinstance(inline, Strong) and isinstance(inline.children[1], Value) for inline in paragraph.inlines)
    assert Reference("fees") in paragraph.inlines
    assert [(item.level, plain(item.inlines)) for item in (one, deeper, two) if isinstance(item, NumberedItem)] == [
        (1, "one"),
        (2, "deeper"),
        (1, "two"),
    ]


def test_escaped_marks_are_printed_and_others_are_not_taken() -> None:
    (paragraph,) = merge(r"A \* and \[box\] and \<b> and a \| b.").blocks
    assert isinstance(paragraph, Paragraph)
    assert plain(paragraph.inlines) == "A * and [box] and <b> and a | b."
    with pytest.raises(TemplateFault, match=r"c\.md:6:1: a \* has no partner"):
        merge("# H\n\nA **bold word.\n")


def test_a_hostile_name_stays_one_flat_value() -> None:
    (paragraph,) = merge("1 {{ customer.name }} and *{{ customer.name }}*", HOSTILE_NAME).blocks
    assert isinstance(paragraph, Paragraph)
    _, value, _, emphasis = paragraph.inlines
    assert isinstance(value, Value)
    assert isinstance(emphasis, Emphasis)
    assert value.text == HOSTILE_NAME.strip("'")
    assert emphasis.children == (value,)


def test_windows_line_ends_change_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("data")
    path = folder / "templates" / "en" / "clauses" / "fees" / "own.md"
    path.parent.mkdir(parents=True)
    path.write_bytes((HEAD + "# Fees\n\nA\nB.\n").replace("\n", "\r\n").encode())
    assert library((folder,)).clause("en", "fees", "own", Place("test")).parts == clause("# Fees\n\nA\nB.\n").parts


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("a\nb {{ x", (5, 3, "template: a tag is not closed")),
        ("a {{ x }} {{ y }", (4, 11, "template: a value is closed with one }")),
        ("{{ x }} {{ y z }}", (4, 9, "template: a value is not closed where it ends")),
        ("{{ a }}{% if b == 'c' %}", (4, 8, "template: an if is not ended")),
        ("{# note #} {% endif %}", (4, 12, "template: this tag ends nothing")),
        ("{{ a }} {{ b.c() }}", (4, 9, "only fields can be merged: no call, sum, constant or index")),
        ("{{ a | b }}", (4, 8, 'there is no filter "b"')),
        ("{{ a | particle }}", (4, 1, "filter particle is used wrongly")),
        ("{% if a %}b{% endif %}", (4, 1, "an if may only compare a fact with words")),
        ("{% if a == 'b' or c == 'd' %}e{% endif %}", (4, 1, "an if may only compare a fact with words")),
        ("a }} b", (4, 3, "a single { or } stands in the words")),
        ("a\n\n- b <br> c", (6, 5, "HTML is not part of the clause grammar")),
        ("a | b\n--- | ---", (4, 3, "a table is not part of the clause grammar")),
        ("Heading\n===", (5, 1, "a line of marks is not part of the clause grammar")),
        ("#Heading", (4, 1, "a heading has one # and a space")),
        ("[a]: https://example.org", (4, 1, "a square bracket stands alone")),
    ],
)
def test_what_lies_outside_the_grammar_is_told_with_its_place(body: str, fault: tuple[int, int, str]) -> None:
    assert fault in faults(body)


@pytest.mark.parametrize("body", ["{{ " + "(" * 5000 + "a" + ")" * 5000 + " }}", "{% if a == 'b' %}" * 3000])
def test_a_template_built_to_exhaust_the_parser_is_refused(body: str) -> None:
    assert faults(body)


def test_a_label_stands_where_its_file_says() -> None:
    place = Place("locale.toml", 7, 3)
    assert [part.place for part in compile_label("No. {{ value }}", place).parts if isinstance(part, Field)] == [place]
    with pytest.raises(TemplateFault) as caught:
        compile_label("No. {value}", place)
    assert caught.value.problems[0].place == place


PIECES = st.lists(
    st.sampled_from([
        "{{", "}}", "{%", "%}", "{#", "#}", " if ", " endif ", " else ", " set ", " raw ", "tier", " == ", "'basic'",
        "customer.name", " | ", "words", "(", ")", "7", "*", "# ", "1. ", "- ", "\n", " ", "[](#fees)", "[", "]", "\\",
        "<b>", "&amp;", "{", "}", "한", "ش", "\u202e", "\ue100", "-",
    ]),
    max_size=30,
).map("".join)  # fmt: skip


@given(PIECES)
@example("{% if tier == 'basic' %}{{ customer.name }}{% endif %}")
def test_any_clause_is_merged_or_refused_with_places_in_the_file(body: str) -> None:
    try:
        merged = merge(f"x {body}")
    except ContractgenError as error:
        lines = (HEAD + f"x {body}").split("\n")
        for problem in error.problems:
            assert problem.repair
            assert 0 <= problem.place.line <= len(lines) + 1
            assert problem.place.column <= len(lines[min(problem.place.line, len(lines)) - 1]) + 1
    else:
        text = "\n".join(plain(block.inlines) for block in merged.blocks if isinstance(block, Paragraph | NumberedItem))
        assert not any(mark in text for mark in ("{{", "}}", "{%", "%}", "\ue100"))

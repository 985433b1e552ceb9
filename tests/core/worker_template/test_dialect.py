"""A2I's dialect of Liquid: the documentation's examples, and what the engine alone gets wrong."""

import html

import pytest

from worker_template import TaskTemplate, TemplateRenderError
from worker_template.dialect import ENVIRONMENT

GIANT_PEACH = "\"Have you read 'James & the Giant Peach'?\""
GIANT_PEACH_ESCAPED = "\"Have you read 'James &amp; the Giant Peach'?\""
# fmt: off
KEYWORDS = [
    "with", "for", "as", "in", "limit", "offset", "cols", "reversed", "continue", "required",
    "contains", "and", "or", "not", "if", "else", "nil", "null", "true", "false", "empty", "blank",
]
# fmt: on


def render(text: str, **task_input: object) -> str:
    return TaskTemplate.from_text(text).render(task_input)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (GIANT_PEACH, "Have you read &#39;James &amp; the Giant Peach&#39;?"),
        (GIANT_PEACH + " | escape", "Have you read &#39;James &amp; the Giant Peach&#39;?"),
        (
            GIANT_PEACH_ESCAPED + " | escape_once",
            "Have you read &#39;James &amp; the Giant Peach&#39;?",
        ),
        (GIANT_PEACH + " | skip_autoescape", "Have you read 'James & the Giant Peach'?"),
    ],
)
def test_documented_filter_examples(expression: str, expected: str) -> None:
    assert render("{{ " + expression + " }}") == expected


def test_to_json_as_documented() -> None:
    rendered = render(
        "{{ task.input.point | to_json }}", point={"point_number": 8, "coords": [59, 76]}
    )
    # The documentation's example has more blanks; JSON has none of its own.
    assert html.unescape(rendered).replace(" ", "") == '{"point_number":8,"coords":[59,76]}'


def test_grant_read_access_is_given_the_uri_and_its_url_is_escaped() -> None:
    asked: list[str] = []

    def sign(uri: str) -> str:
        asked.append(uri)
        return "https://s3.amazonaws.com/examples/cat.png?X-Amz-Date=1&X-Amz-Signature=2"

    html = TaskTemplate.from_text("{{ task.input.u | grant_read_access }}").render(
        {"u": "s3://examples/cat.png"}, grant_read_access=sign
    )
    assert asked == ["s3://examples/cat.png"]
    assert html == ("https://s3.amazonaws.com/examples/cat.png?X-Amz-Date=1&amp;X-Amz-Signature=2")


@pytest.mark.parametrize(
    "address",
    [
        "s3://examples/a/cat.png",
        "http://s3.amazonaws.com/examples/a/cat.png",
        "https://s3.amazonaws.com/examples/a/cat.png",
        "https://s3.eu-west-1.amazonaws.com/examples/a/cat.png",
        "https://examples.s3.eu-west-1.amazonaws.com/a/cat.png",
    ],
)
def test_grant_read_access_takes_every_form_of_an_s3_address(address: str) -> None:
    template = TaskTemplate.from_text("{{ task.input.u | grant_read_access }}")
    assert template.render({"u": address}, grant_read_access=str) == "s3://examples/a/cat.png"


@pytest.mark.parametrize("value", ["", " ", "cat.png", "https://example.com/cat.png", "s3://b"])
def test_grant_read_access_refuses_what_is_no_s3_object_in_the_words_of_a2i(value: str) -> None:
    with pytest.raises(TemplateRenderError) as raised:
        render("{{ task.input.u | grant_read_access }}", u=value)
    assert raised.value.code == "InvalidParameters"
    assert raised.value.message == f'"grant_read_access" input is not a valid S3 URI: "{value}".'


def test_grant_read_access_of_an_absent_variable_is_an_empty_uri() -> None:
    with pytest.raises(TemplateRenderError) as raised:
        render("\n {{ task.input.u | grant_read_access }}")
    assert raised.value.message == '"grant_read_access" input is not a valid S3 URI: "".'
    assert raised.value.index == len("\n {{ task.input.u | ")


def test_an_address_the_caller_refuses_is_invalid_too() -> None:
    def refuse(uri: str) -> str:
        raise ValueError(uri)

    template = TaskTemplate.from_text("{{ task.input.u | s3_presign }}")
    with pytest.raises(TemplateRenderError, match='InvalidParameters: "s3_presign" input'):
        template.render({"u": "s3://examples/cat.png"}, grant_read_access=refuse)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ task.input.a }}", "&lt;b class=&quot;x&quot;&gt;"),
        ("{% echo task.input.a %}", "&lt;b class=&quot;x&quot;&gt;"),
        ("{% cycle task.input.a %}", "&lt;b class=&quot;x&quot;&gt;"),
        ("{{ '<i>' | append: task.input.a }}", "&lt;i&gt;&lt;b class=&quot;x&quot;&gt;"),
        ("{{ task.input.none | default: '<i>' }}", "&lt;i&gt;"),
        ("{{ task.input.a | escape | escape }}", "&lt;b class=&quot;x&quot;&gt;"),
        ("{{ task.input.a | newline_to_br }}", "&lt;b class=&quot;x&quot;&gt;"),
        (
            "{% capture c %}{{ task.input.a }}{% endcapture %}{{ c }}",
            "&lt;b class=&quot;x&quot;&gt;",
        ),
        ("{% assign c = task.input.a %}{{ c }}", "&lt;b class=&quot;x&quot;&gt;"),
        ("{{ task.input.a | skip_autoescape }}", '<b class="x">'),
        ("{% raw %}{{ task.input.a }}{% endraw %}", "{{ task.input.a }}"),
    ],
)
def test_every_output_is_escaped_once(text: str, expected: str) -> None:
    assert render(text, a='<b class="x">') == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"input": ["é", None, True]}, "{&quot;input&quot;:[&quot;é&quot;,null,true]}"),
        ([{"a": 1}], "[{&quot;a&quot;:1}]"),
        (True, "true"),
        (None, ""),
        (7, "7"),
        (50.0, "50.0"),
    ],
)
def test_values_print_as_a2i_prints_them(value: object, expected: str) -> None:
    assert render("{{ task.input.value }}", value=value) == expected


@pytest.mark.parametrize("around", ["{}", '<p data-a="{}">', "<script>{}</script>"])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", "&quot;&lt;&#39;\\&quot;&gt;&quot;"),
        (" | escape", "&quot;&lt;&#39;\\&quot;&gt;&quot;"),
        (" | escape | escape", "&quot;&lt;&#39;\\&quot;&gt;&quot;"),
        (" | skip_autoescape", '"<\'\\">"'),
    ],
)
def test_json_is_escaped_once_wherever_it_is_printed(
    around: str, filters: str, expected: str
) -> None:
    text = around.replace("{}", "{{ task.input.v | to_json" + filters + " }}")
    assert render(text, v="<'\">") == around.replace("{}", expected)


@pytest.mark.parametrize("word", KEYWORDS)
def test_a_keyword_is_a_property_name(word: str) -> None:
    field = {word: "yes", "name": "n"}
    assert render("{{ task.input.field." + word + " }}", field=field) == "yes"
    condition = (
        "{% if task.input.field." + word + " == 'yes' %}{{ task.input.field.name }}{% endif %}"
    )
    assert render(condition, field=field) == "n"
    loop = "{% for x in task.input." + word + " %}{{ x }}{% endfor %}"
    assert render(loop, **{word: ["a", "b"]}) == "ab"


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a .required b' }}",
        "{% raw %}{{ task.input.required }}{% endraw %}",
        "plain task.input.required text",
        "{% for i in (1..3) limit: 2 %}{{ i }}{% endfor %}",
    ],
)
def test_nothing_else_is_taken_for_a_keyword_property(text: str) -> None:
    assert "['" not in render(text)


def test_an_error_after_a_keyword_property_points_into_the_authors_text() -> None:
    text = "{{ task.input.required }}{{ task.input.if }}\n{{ task.input.list | sum }}"
    with pytest.raises(TemplateRenderError) as raised:
        render(text, required="", list=["x"], **{"if": ""})
    assert raised.value.code == "TemplateRenderError"
    assert raised.value.index == text.index("{{ task.input.list")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a{{ task.input.absent }}b", "ab"),
        ("a{{ task.input.absent.deeper[0] }}b", "ab"),
        ("a{{ task.input.absent | upcase }}b", "ab"),
        ("{{ task.input.absent | append: 'b' }}", "b"),
        ("{{ 'a' | append: task.input.absent }}", "a"),
        ("{{ task.input.absent | round: 2 }}", "0"),
        ("{{ task.input.absent | plus: 2 }}", "2"),
        ("{{ task.input.absent | to_json }}", "null"),
        ("a{{ task.input.absent | skip_autoescape }}b", "ab"),
        ("a{{ task.input.absent | escape }}b", "ab"),
        ("a{{ task.input.absent | join: ', ' }}b", "ab"),
        ("{{ task.input.absent | size }}", "0"),
        ("{% for x in task.input.absent %}{{ x }}{% else %}none{% endfor %}", "none"),
        ("{% assign a = task.input.absent %}a{{ a }}b", "ab"),
        ("{% if task.input.absent > 3 %}a{% else %}b{% endif %}", "b"),
    ],
)
def test_an_undefined_variable_is_nothing(text: str, expected: str) -> None:
    assert render(text, list=[1, 2]) == expected
    assert render(text.replace("absent", "none"), list=[1, 2], none=None) == expected


@pytest.mark.parametrize(
    "name", sorted(ENVIRONMENT.filters.keys() - {"grant_read_access", "s3_presign"})
)
def test_no_filter_fails_for_an_undefined_variable(name: str) -> None:
    arguments = {"divided_by": "1", "modulo": "1", "slice": "0", "concat": "task.input.list"}
    argument = arguments.get(name, "'a'")
    number = ": 5" if name in ("truncate", "truncatewords") else f": {argument}"
    for filter_ in (name, name + number, name + number + ", '1'"):
        text = "{{ task.input.absent | " + filter_ + " }}"
        try:
            rendered = render(text, list=[])
        except TemplateRenderError as error:
            rendered = error.message
        # Liquid counts the arguments of a filter, whatever they are.
        assert rendered in ("", "0", "1", "null", "-1", "false", "a", "5", "[]") or (
            "argument" in rendered
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% if task.input.absent %}a{% else %}b{% endif %}", "b"),
        ("{% unless task.input.absent %}a{% endunless %}", "a"),
        ("{% if task.input.absent == nil %}a{% endif %}", "a"),
        ("{% if task.input.absent == 'x' %}a{% else %}b{% endif %}", "b"),
        ("{% case task.input.absent %}{% when 'x' %}a{% else %}b{% endcase %}", "b"),
        ("{{ task.input.absent | default: 'd' }}", "d"),
        ("{{ task.input.absent.deeper | default: 'd' }}", "d"),
    ],
)
def test_testing_or_defaulting_an_undefined_variable_is_fine(text: str, expected: str) -> None:
    assert render(text) == expected


@pytest.mark.parametrize("name", ["safe", "escapejs", "grant_access"])
def test_filters_a2i_does_not_have_fail(name: str) -> None:
    with pytest.raises(TemplateRenderError, match=f"unknown filter '{name}'"):
        render("{{ 'x' | " + name + " }}")


def test_text_that_is_no_liquid_fails_with_its_place() -> None:
    with pytest.raises(TemplateRenderError) as raised:
        render("<p>{{ task.input.a </p>")
    assert raised.value.code == "InvalidTemplateSyntax"
    assert raised.value.index == 3

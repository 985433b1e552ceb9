"""Required and optional variables, derived from the template."""

import pytest

from worker_template import TaskTemplate, TemplateRenderError


def names(text: str) -> tuple[set[str], set[str]]:
    inputs = TaskTemplate.from_text(text).inputs()
    return set(inputs.required), set(inputs.optional)


@pytest.mark.parametrize(
    ("text", "required", "optional"),
    [
        ("{{ task.input.a.b }}", {"a.b"}, set()),
        ("{{ task.input.a['b c'] }}", {"a.b c"}, set()),
        ("{{ task.input.a.required }}", {"a.required"}, set()),
        ("{{ task.input.a | default: task.input.b }}", set(), {"a", "b"}),
        ("{{ task.input.a | round: 2 }}", set(), {"a"}),
        ("{{ task.input.a | times: task.input.b }}", {"b"}, {"a"}),
        ("{{ task.input.a | grant_read_access }}", {"a"}, set()),
        ("{{ task.input.a | upcase | append: task.input.b }}", {"a", "b"}, set()),
        ("{% if task.input.a %}{{ task.input.b }}{% endif %}", set(), {"a", "b"}),
        ("{% unless task.input.a %}{{ task.input.b }}{% endunless %}", set(), {"a", "b"}),
        (
            "{% if true %}{% elsif task.input.a %}{% else %}{{ task.input.b }}{% endif %}",
            set(),
            {"a", "b"},
        ),
        (
            "{% case task.input.a %}{% when task.input.b %}{{ task.input.c }}{% endcase %}",
            set(),
            {"a", "b", "c"},
        ),
        ("{% if task.input.a %}{% endif %}{{ task.input.a }}", {"a"}, set()),
        ("{{ task.input }}", set(), set()),
    ],
)
def test_conditions_and_defaults_make_a_variable_optional(
    text: str, required: set[str], optional: set[str]
) -> None:
    assert names(text) == (required, optional)


@pytest.mark.parametrize(
    ("text", "required", "optional"),
    [
        (
            "{% for box in task.input.boxes %}{{ box.label }}{% endfor %}",
            set(),
            {"boxes", "boxes.*.label"},
        ),
        (
            "{% for p in task.input.pages %}{% for w in p.words %}"
            "{{ w.text }}{% endfor %}{% endfor %}",
            set(),
            {"pages", "pages.*.words", "pages.*.words.*.text"},
        ),
        (
            "{% for x in task.input.xs %}{{ x }}{% else %}{{ task.input.none }}{% endfor %}",
            set(),
            {"none", "xs", "xs.*"},
        ),
        (
            "{% for x in task.input.xs %}{% if x.note %}{{ x.note }}{% endif %}{% endfor %}",
            set(),
            {"xs", "xs.*.note"},
        ),
        ("{% for i in (1..task.input.n) %}{{ i }}{% endfor %}", set(), {"n"}),
        ("{% for x in task.input.xs limit: task.input.n %}{% endfor %}", set(), {"xs", "n"}),
        ("{% tablerow x in task.input.xs %}{{ x.y }}{% endtablerow %}", set(), {"xs", "xs.*.y"}),
        ("{{ task.input.xs[0].y }}{{ task.input.xs.first.z }}", {"xs.*.y", "xs.*.z"}, set()),
        ("{% for x in task.input.xs %}{{ task.input.a }}{% endfor %}", set(), {"a", "xs"}),
        ("{% for i in (1..3) %}{{ task.input.a }}{% endfor %}", {"a"}, set()),
        (
            "{% for e in task.input.o %}{{ e[0] }}{{ e[1].b }}{% endfor %}",
            set(),
            {"o", "o.*.*", "o.*.*.b"},
        ),
        ("{{ task.input.xs.size }}", {"xs"}, set()),
        ("{{ task.input.map[task.input.key].x }}", {"map.*.x", "key"}, set()),
    ],
)
def test_loops_lead_back_to_the_list(text: str, required: set[str], optional: set[str]) -> None:
    assert names(text) == (required, optional)


@pytest.mark.parametrize(
    ("text", "required", "optional"),
    [
        ("{% assign a = task.input.b %}{{ a.c }}", {"b.c"}, set()),
        ("{% assign a = task.input.b %}{% if a %}{{ a }}{% endif %}", set(), {"b"}),
        ("{% assign a = task.input.b | split: ',' %}{{ a[0] }}", {"b"}, set()),
        (
            "{% assign xs = task.input.xs | sort: 'y' %}{% for x in xs %}{{ x.y }}{% endfor %}",
            {"xs"},
            {"xs.*.y"},
        ),
        ("{% assign a = task.input.b | default: 1 %}{{ a }}", set(), {"b"}),
        (
            "{% assign xs = task.input.xs | default: nil %}{% for x in xs %}{{ x.y }}{% endfor %}",
            set(),
            {"xs", "xs.*.y"},
        ),
        ("{% capture a %}{{ task.input.b }}{% endcapture %}{{ a }}", {"b"}, set()),
    ],
)
def test_assigned_names_lead_back_to_the_input(
    text: str, required: set[str], optional: set[str]
) -> None:
    assert names(text) == (required, optional)


def test_required_inputs_are_the_names_at_the_top() -> None:
    template = TaskTemplate.from_text(
        "{{ task.input.b.c }}{{ task.input.b.d }}{{ task.input.a }}"
        "{% for x in task.input.xs %}{{ x }}{% endfor %}"
    )
    assert template.required_inputs == ("a", "b")


def test_names_are_sorted_and_unique() -> None:
    inputs = TaskTemplate.from_text(
        "{{ task.input.b }}{{ task.input.a }}{{ task.input.b }}"
    ).inputs()
    assert inputs.required == ("a", "b")


def test_fails_for_text_that_is_no_liquid() -> None:
    with pytest.raises(TemplateRenderError, match="InvalidTemplateSyntax"):
        TaskTemplate.from_text("{% if %}").inputs()

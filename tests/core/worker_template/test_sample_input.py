"""A sample input, derived from what a template reads."""

from typing import Any

import pytest

from worker_template import TaskTemplate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ task.input.a.b_c }}", {"a": {"b_c": "example-b-c"}}),
        ("{{ task.input.a | grant_read_access }}", {"a": "s3://example-bucket/a.png"}),
        ("{{ task.input.a | times: 2 }}", {"a": 1}),
        ("{{ task.input.a | default: 0 | round }}", {"a": 1}),
        ("{% if task.input.a > 3 %}{{ task.input.a }}{% endif %}", {"a": 1}),
        ("{% for i in (1..task.input.a) %}{{ i }}{% endfor %}", {"a": 1}),
        ("{{ task.input.a | to_json }}", {"a": ["example-a-1", "example-a-2"]}),
        (
            "{% for x in task.input.a %}{{ x }}{% endfor %}",
            {"a": ["example-a-1", "example-a-2"]},
        ),
        (
            "{% for x in task.input.a %}{{ x.b | grant_read_access }}{% endfor %}",
            {"a": [{"b": "s3://example-bucket/b-1.png"}, {"b": "s3://example-bucket/b-2.png"}]},
        ),
        (
            "{% for x in task.input.a %}{% for y in x %}{{ y }}{% endfor %}{% endfor %}",
            {"a": [["example-a-1-1", "example-a-1-2"], ["example-a-2-1", "example-a-2-2"]]},
        ),
        (
            "{% capture uri %}s3://{{ task.input.bucket }}/{{ task.input.key }}{% endcapture %}"
            "{{ uri | grant_read_access }}",
            {"bucket": "example-bucket", "key": "example-key"},
        ),
        (
            "{{ task.input.bucket | prepend: 's3://' | append: '/x.png' | grant_read_access }}",
            {"bucket": "example-bucket"},
        ),
        (
            "{{ task.input.a[task.input.b].c }}",
            {"a": [{"c": "example-c-1"}, {"c": "example-c-2"}], "b": 1},
        ),
        (
            "{% for x in task.input.a %}{{ task.input.b[forloop.index0] }}{% endfor %}",
            {"a": ["example-a-1", "example-a-2"], "b": ["example-b-1", "example-b-2"]},
        ),
        ("{{ task.input.a }}{{ task.input.a.b }}", {"a": {"b": "example-b"}}),
        ("<p>", {}),
    ],
)
def test_derives_an_input_under_which_the_template_renders(
    text: str, expected: dict[str, Any]
) -> None:
    template = TaskTemplate.from_text(text)
    derived = template.derived_sample_input()
    assert derived == expected
    template.render(derived)

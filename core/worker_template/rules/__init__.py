"""Rules that find what is wrong or risky in a worker task template: one function per rule."""

from worker_template.rules import (
    allowances,
    controls,
    data,
    hostile_data,
    liquid,
    resources,
    structure,
    widgets,
)
from worker_template.rules.registry import RULES, Problem, Rule

__all__ = [
    "RULES",
    "Problem",
    "Rule",
    "allowances",
    "controls",
    "data",
    "hostile_data",
    "liquid",
    "resources",
    "structure",
    "widgets",
]

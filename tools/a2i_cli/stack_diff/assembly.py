"""Stacks as a synthesis left them: template, findings and acknowledgements."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from a2i_cli.failures import CommandError

NOTHING = "none"
"""Path that stands for what is there before a first deployment."""
_SUFFIX = ".template.json"
_L1_NAMES = ("/Resource", "/Default")


@dataclass(frozen=True)
class Acknowledgement:
    """A finding that stands, and why."""

    place: str
    rule: str
    reason: str


@dataclass(frozen=True)
class Assembly:
    """One stack of a synthesis.

    Attributes:
        name: Stack, as its template's file is named.
        template: CloudFormation template.
        file: Where the template lies; None before a first deployment.
        findings: Rule and place of each finding of cdk-nag; None where the synthesis had none.
        acknowledgements: cdk-nag's and checkov's; None where only the template is known.
    """

    name: str
    template: Mapping[str, Any]
    file: Path | None = None
    findings: frozenset[tuple[str, str]] | None = None
    acknowledgements: frozenset[Acknowledgement] | None = field(default=None)

    @property
    def resources(self) -> Mapping[str, Any]:
        """Resources by logical id."""
        found: Mapping[str, Any] = self.template.get("Resources", {})
        return found

    def of_type(self, resource_type: str) -> dict[str, Mapping[str, Any]]:
        """Properties of the resources of a type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == resource_type
        }

    def asset(self, key: str) -> str | None:
        """Text of an asset, by its key in the bucket; None where no folder of assets is known."""
        if self.file is None:
            return None
        manifest = self.file.with_name(f"{self.name}.assets.json")
        if not manifest.is_file():
            return None
        for asset in _json(manifest)["files"].values():
            if any(place["objectKey"] == key for place in asset["destinations"].values()):
                found = manifest.with_name(asset["source"]["path"])
                return found.read_text(encoding="utf-8") if found.is_file() else None
        return None

    def place(self, logical_id: str) -> str:
        """Path of a resource's construct below the stack, or the logical id."""
        return self._places.get(logical_id, logical_id)

    @cached_property
    def _places(self) -> dict[str, str]:
        paths = {
            name: str(resource["Metadata"]["aws:cdk:path"])
            for name, resource in self.resources.items()
            if "aws:cdk:path" in resource.get("Metadata", {})
        }
        stack = os.path.commonpath(paths.values()) if len(paths) > 1 else ""
        return {name: short_place(path, stack) for name, path in paths.items()}


def short_place(path: str, stack: str) -> str:
    """Path below the stack, without the names that the CDK gives the resource in a construct."""
    place = path.removeprefix("/").removeprefix(stack).removeprefix("/")
    for name in _L1_NAMES * 2:
        place = place.removesuffix(name)
    return place


def read_assembly(path: str, stack: str | None = None) -> Assembly:
    """Read one stack of a cdk.out folder, or one template; `none` is an empty stack.

    Raises:
        CommandError: There is no template, or several and no `stack` to choose one.
    """
    if path == NOTHING:
        return Assembly("", {}, findings=frozenset(), acknowledgements=frozenset())
    given = Path(path)
    if given.is_file():
        return _assembly(given, None)
    found = {file.name.removesuffix(_SUFFIX): file for file in sorted(given.glob(f"*{_SUFFIX}"))}
    if stack is not None and stack not in found:
        raise CommandError(f"no stack {stack!r} in {path}: it has {', '.join(found) or 'none'}")
    if stack is None and len(found) != 1:
        names = ", ".join(found) or "none"
        raise CommandError(
            f"{path} must hold one template, or --stack must choose one, got: {names}"
        )
    return _assembly(found[stack] if stack else next(iter(found.values())), given)


def _assembly(file: Path, folder: Path | None) -> Assembly:
    name = file.name.removesuffix(_SUFFIX)
    template = _json(file)
    if not isinstance(template, dict) or "Resources" not in template:
        raise CommandError(f"{file} must be a CloudFormation template in JSON, it has no Resources")
    if folder is None:
        return Assembly(name, template, file)
    return Assembly(
        name,
        template,
        file,
        findings=_findings(folder / "validation-report.json", name),
        acknowledgements=frozenset(
            {*_nag_acknowledgements(folder / f"{name}.metadata.json", name), *_skips(template)}
        ),
    )


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommandError(f"{file} must be JSON: {error}") from error


def _findings(report: Path, stack: str) -> frozenset[tuple[str, str]] | None:
    if not report.is_file():
        return None
    return frozenset(
        (violation["ruleName"].removeprefix("Annotation::"), short_place(path, stack))
        for plugin in _json(report)["pluginReports"]
        for violation in plugin["violations"]
        for path in (construct["constructPath"] for construct in violation["violatingConstructs"])
    )


def _nag_acknowledgements(metadata: Path, stack: str) -> set[Acknowledgement]:
    if not metadata.is_file():
        return set()
    return {
        Acknowledgement(short_place(path, stack), rule.removeprefix("Annotation::"), reason)
        for path, entries in _json(metadata).items()
        for entry in entries
        if entry["type"] == "aws:cdk:acknowledged-rules"
        for rule, reason in entry["data"].items()
    }


def _skips(template: Mapping[str, Any]) -> set[Acknowledgement]:
    assembly = Assembly("", template)
    return {
        Acknowledgement(assembly.place(name), skip["id"], skip["comment"])
        for name, resource in template["Resources"].items()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    }

"""Bootstrap resources that a cloud assembly expects, created in a local AWS.

`cdk bootstrap` makes a stack of roles, a registry and a bucket. A local AWS needs two things of
it: the parameter with the bootstrap version, and the bucket for assets.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from a2i_local.host.clients import make_client

BOOTSTRAP_VERSION = "31"
DEFAULT_QUALIFIER = "hnb659fds"


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The names that a synthesizer with one qualifier, or with names of its own, relies on."""

    version_parameters: frozenset[str]
    buckets: frozenset[str]


def default_bootstrap(account: str, region: str) -> Bootstrap:
    """Return what the CDK's default synthesizer expects."""
    return Bootstrap(
        version_parameters=frozenset({f"/cdk-bootstrap/{DEFAULT_QUALIFIER}/version"}),
        buckets=frozenset({f"cdk-{DEFAULT_QUALIFIER}-assets-{account}-{region}"}),
    )


def bootstrap_of(assembly: Path, *, account: str, region: str) -> Bootstrap:
    """Return what the stacks in a cloud assembly, and in its stages, expect."""
    artifacts = [artifact for manifest in _manifests(assembly) for artifact in _artifacts(manifest)]
    parameters = {
        name
        for artifact in artifacts
        if (name := artifact.get("properties", {}).get("bootstrapStackVersionSsmParameter"))
    }
    buckets = {
        _resolved(destination["bucketName"], account, region)
        for path in assembly.rglob("*.assets.json")
        for file in json.loads(path.read_text(encoding="utf-8")).get("files", {}).values()
        for destination in file["destinations"].values()
    }
    return Bootstrap(frozenset(parameters), frozenset(buckets))


def create_bootstrap(bootstrap: Bootstrap, environment: Mapping[str, str]) -> None:
    """Make the parameters and buckets in the AWS that `environment` points at.

    What exists already stays as it is.
    """
    ssm = make_client("ssm", environment)
    for name in bootstrap.version_parameters:
        ssm.put_parameter(Name=name, Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True)
    s3 = make_client("s3", environment)
    existing = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    for name in bootstrap.buckets - existing:
        s3.create_bucket(Bucket=name, **_location(environment["AWS_REGION"]))


def _location(region: str) -> dict[str, Any]:
    if region == "us-east-1":  # the one region that S3 does not let a caller name
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _manifests(assembly: Path) -> Iterator[dict[str, Any]]:
    for path in assembly.rglob("manifest.json"):
        yield json.loads(path.read_text(encoding="utf-8"))


def _artifacts(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(manifest.get("artifacts", {}).values())


def _resolved(name: str, account: str, region: str) -> str:
    return name.replace("${AWS::AccountId}", account).replace("${AWS::Region}", region)

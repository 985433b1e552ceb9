"""Our app synthesized once per test process, as cdk.json says, with cdk-nag."""

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.review_app import define_stack

ROOT = Path(__file__).parents[2]
STACK_NAME = "HumanReview"
OIDC = {
    "clientId": "portal",
    "clientSecretArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:portal-AbCdEf",
    "issuer": "https://id.example.com",
    "authorizationEndpoint": "https://id.example.com/authorize",
    "tokenEndpoint": "https://id.example.com/token",
    "userInfoEndpoint": "https://id.example.com/userinfo",
    "logoutEndpoint": "https://id.example.com/logout",
    "jwksUri": "https://id.example.com/jwks",
}


def context(**settings: Any) -> dict[str, Any]:
    """The context of cdk.json as the CLI passes it; `data__kmsKeyArn` sets a2i.data.kmsKeyArn."""
    settled = json.loads((ROOT / "cdk.json").read_text())["context"]
    overrides = {f"a2i.{key.replace('__', '.')}": value for key, value in settings.items()}
    return {**settled, **overrides, "aws:cdk:enable-path-metadata": True}


@cache
def cloud_assembly() -> Path:
    """The folder of the app's templates and assets, with one worker among the settings."""
    folder = Path(tempfile.mkdtemp(prefix="cdk.out."))
    app = App(context=context(workforce__workers=["ana@example.com"]), outdir=str(folder))
    define_stack(app)
    app.synth()
    return folder


@cache
def template() -> Mapping[str, Any]:
    """The stack's template."""
    text = (cloud_assembly() / f"{STACK_NAME}.template.json").read_text()
    return json.loads(text)  # type: ignore[no-any-return]


def resources(resource_type: str) -> dict[str, Mapping[str, Any]]:
    """Resources of a type by their logical id."""
    found = template()["Resources"]
    return {name: found[name] for name in found if found[name]["Type"] == resource_type}

"""Client of the account's task API, for reviewers whom an operator signs in."""

import json
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from a2i_cli.aws import AwsClients
from a2i_cli.demo.portal_client import (
    CONFLICT,
    REQUEST_TIMEOUT_SECONDS,
    PortalError,
    SlotTakenError,
)


class AccountPortalClient:
    """Calls `/api` of a stack whose human loops live in the account, on behalf of workers.

    Attributes:
        url: The stack's output PortalApiUrl.
    """

    def __init__(self, url: str, tokens: Mapping[str, str], ca_certificate: str) -> None:
        """tokens: access tokens by worker. ca_certificate: file of what to trust."""
        self.url = url
        self._tokens = tokens
        self._context = ssl.create_default_context(cafile=ca_certificate)

    @classmethod
    def sign_in(
        cls, environment: Mapping[str, str], outputs: Mapping[str, str], workers: Sequence[str]
    ) -> "AccountPortalClient":
        """Give each worker a new password and sign in with it, as an operator may.

        environment: of the local AWS.
        """
        cognito, pool = AwsClients(environment).cognito, outputs["UserPoolId"]
        tokens = {}
        for worker in workers:
            password = f"{secrets.token_urlsafe(18)}aA1!"
            cognito.admin_set_user_password(
                UserPoolId=pool, Username=worker, Password=password, Permanent=True
            )
            signed_in = cognito.admin_initiate_auth(
                UserPoolId=pool,
                ClientId=outputs["PortalClientId"],
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": worker, "PASSWORD": password},
            )
            tokens[worker] = signed_in["AuthenticationResult"]["AccessToken"]
        return cls(outputs["PortalApiUrl"], tokens, environment["AWS_CA_BUNDLE"])

    def tasks(self, worker: str) -> list[dict[str, Any]]:
        """List the tasks that `worker` may see, oldest first."""
        tasks: list[dict[str, Any]] = self._call("GET", "tasks", worker)["tasks"]
        return tasks

    def task(self, task_id: str, worker: str) -> dict[str, Any]:
        """Return a task with its rendered HTML under `html`."""
        return self._call("GET", f"tasks/{task_id}", worker)

    def accept(self, task_id: str, worker: str) -> None:
        """Accept the task for `worker`, which occupies a slot.

        Raises:
            SlotTakenError: no slot is free.
        """
        self._call("POST", f"tasks/{task_id}/accept", worker, {})

    def submit(self, task_id: str, worker: str, answer_content: dict[str, Any]) -> None:
        """Submit the answer of `worker`."""
        self._call("POST", f"tasks/{task_id}/submit", worker, {"answerContent": answer_content})

    def _call(
        self, method: str, path: str, worker: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the URL is the stack's own
            f"{self.url}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self._tokens[worker]}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(  # noqa: S310
                request, timeout=REQUEST_TIMEOUT_SECONDS, context=self._context
            ) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            kind = SlotTakenError if error.code == CONFLICT else PortalError
            raise kind(f"{method} {path}: {error.code} {error.read().decode()}") from error

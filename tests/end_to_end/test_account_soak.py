"""Many reviews in the account while much goes wrong: none is lost, none happens twice.

A quarter of all calls of the tables is throttled, the ledger's and those of the human loops, and
their indexes show what was up to two seconds ago. What a killed stream function had in hand comes
again, and so does what it had done already.
"""

from typing import Any

import pytest

from a2i_cli.aws import AwsClients
from a2i_cli.demo.account_portal_client import AccountPortalClient
from a2i_cli.demo.portal_client import Portal
from a2i_cli.deployed.account_clients import clients_of_backends
from tests.end_to_end.conftest import WORKER, Project
from tests.end_to_end.soaking import PATIENCE_SECONDS, Soak, finish_all

pytestmark = [pytest.mark.local_aws, pytest.mark.long, pytest.mark.xdist_group("account_soak")]


class SoakOfAccount(Soak):
    """Human loops live on a table of the account."""

    backend = "account"
    trouble = {"tableThrottling": 0.25, "indexLagSeconds": 2, "seed": 1}  # noqa: RUF012  # read only

    def portal(self) -> Portal:
        return AccountPortalClient.sign_in(self.local.environment, self.outputs, [WORKER])

    def runtime(self) -> Any:
        parameters = {
            "backends": "account",
            "human-loop-endpoint": self.outputs["HumanLoopEndpoint"],
        }
        return clients_of_backends(AwsClients(self.local.environment), parameters).a2i


@pytest.mark.timeout(PATIENCE_SECONDS * 2 + 300)
def test_every_review_is_finished_once(project: Project) -> None:
    finish_all(SoakOfAccount(project))

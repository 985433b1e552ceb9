"""Routes of the portal's page to the account's portal function, in process: real rules, no network.

The page, its modules and the documents come from the local portal, whose paths the page uses:
Chromium lets no document that a test made up load scripts from this machine.
"""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

from portal.api import PortalApi
from portal.reviewer import Reviewer
from tests.lambda_src.account_loops import POOL_ID, SCOPE, AccountLoops, portal_event

API = "/_a2i/api"
ANN = "ann"


def use_account(page: Page, account: AccountLoops) -> None:
    """Answer the page's calls for tasks as the account does."""

    def answer(route: Route) -> None:
        status, body = call(account, route)
        route.fulfill(status=status, content_type="application/json", body=body)

    for path in ("tasks**", "answers**", "me**"):
        page.route(f"**{API}/{path}", answer)


def call(account: AccountLoops, route: Route) -> tuple[int, str]:
    address = urlsplit(route.request.url)
    query = {name: value for name, [value] in parse_qs(address.query).items()}
    path = address.path.removeprefix("/_a2i")
    return ask(account, route.request.method, path, route.request.post_data_json, query)


def ask(
    account: AccountLoops, method: str, path: str, body: object = None, query: object = None
) -> tuple[int, str]:
    """Status and body of the function's answer; what the loops owe then is done."""
    event = {**portal_event(method, path, ANN, body), "queryStringParameters": query}
    api = PortalApi(
        account.tasks(), lambda event: Reviewer.of(event, user_pool_id=POOL_ID, scope=SCOPE)
    )
    answered = api.answer(event)
    account.deliver()
    return answered["statusCode"], answered["body"]

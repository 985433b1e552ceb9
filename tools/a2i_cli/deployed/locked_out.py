"""Workers whom a stack with human loops in the account turns away, whatever tokens they hold."""

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.functions import release_all
from a2i_cli.deployed.workers import WorkerGroup, find_username


def lock_out(deployment: Deployment, group: WorkerGroup, email: str) -> int:
    """Refuse the person's next call, end all sessions, and return the number of tasks released.

    Access tokens live for a quarter of an hour; the mark in the table counts at once. Nothing
    happens where human loops live in A2I, which asks the group itself.
    """
    marked = _mark(deployment, group, email, blocked=True)
    if marked is None:
        return 0
    username, sub = marked
    deployment.clients.cognito.admin_user_global_sign_out(
        UserPoolId=group.user_pool_id, Username=username
    )
    return release_all(deployment, sub)


def let_in(deployment: Deployment, group: WorkerGroup, email: str) -> None:
    """Take the mark of an earlier `lock_out` back."""
    _mark(deployment, group, email, blocked=False)


def _mark(
    deployment: Deployment, group: WorkerGroup, email: str, *, blocked: bool
) -> tuple[str, str] | None:
    """Mark a user of the pool, and return username and sub; None where nothing is to be marked."""
    table = deployment.parameters.get("human-loops-table")
    if table is None:
        return None
    cognito = deployment.clients.cognito
    username = find_username(cognito, group.user_pool_id, email)
    if username is None:
        return None
    user = cognito.admin_get_user(UserPoolId=group.user_pool_id, Username=username)
    [sub] = [each["Value"] for each in user["UserAttributes"] if each["Name"] == "sub"]
    deployment.clients.dynamodb.put_item(
        TableName=table,
        Item={
            "pk": {"S": f"WORKER#{sub}"},
            "sk": {"S": "PROFILE"},
            "blocked": {"BOOL": blocked},
        },
    )
    return username, sub

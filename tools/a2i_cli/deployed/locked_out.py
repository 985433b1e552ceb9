"""Workers whom a stack with human loops in the account turns away, whatever tokens they hold."""

from a2i_cli.deployed.deployment import Deployment
from a2i_cli.deployed.workers import WorkerGroup, find_username


def lock_out(deployment: Deployment, group: WorkerGroup, email: str) -> None:
    """Refuse the person's next call, and end all sessions.

    Access tokens live for a quarter of an hour; the mark in the table counts at once. Tasks that
    the person holds are free again when their time limit is over. Nothing happens where human
    loops live in A2I, which asks the group itself.
    """
    username = _mark(deployment, group, email, blocked=True)
    if username is not None:
        deployment.clients.cognito.admin_user_global_sign_out(
            UserPoolId=group.user_pool_id, Username=username
        )


def let_in(deployment: Deployment, group: WorkerGroup, email: str) -> None:
    """Take the mark of an earlier `lock_out` back."""
    _mark(deployment, group, email, blocked=False)


def _mark(deployment: Deployment, group: WorkerGroup, email: str, *, blocked: bool) -> str | None:
    table = deployment.parameters.get("human-loops-table")
    if table is None:
        return None
    cognito = deployment.clients.cognito
    username = find_username(cognito, group.user_pool_id, email)
    if username is None:
        return None
    user = cognito.admin_get_user(UserPoolId=group.user_pool_id, Username=username)
    subs = [each["Value"] for each in user["UserAttributes"] if each["Name"] == "sub"]
    for sub in subs:
        deployment.clients.dynamodb.put_item(
            TableName=table,
            Item={
                "pk": {"S": f"WORKER#{sub}"},
                "sk": {"S": "PROFILE"},
                "blocked": {"BOOL": blocked},
            },
        )
    return username

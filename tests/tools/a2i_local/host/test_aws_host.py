"""The A2I service's view of MiniStack's services, run in this process."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from ministack.services import cognito, eventbridge, iam, kms, s3, sqs

from a2i_local.host.adapter.aws_host import MiniStackHost, in_scope
from a2i_local.service.host import (
    HostAccessDenied,
    HostError,
    HostNotFound,
    Member,
    StoredObject,
    UserPoolClient,
)

ACCOUNT = "123456789012"
REGION = "us-east-1"
SAGEMAKER = "sagemaker.amazonaws.com"
Statement = dict[str, Any]
_names = (f"thing-{number}" for number in itertools.count())


def inside(work: Callable[[], Any]) -> Any:
    return in_scope(ACCOUNT, REGION, work)


def allow(*actions: str, resource: str = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def make_role(
    *statements: Statement,
    trust: Statement | None = None,
    boundary: str | None = None,
    path: str = "/",
) -> str:
    """Make a role that SageMaker may assume, and return its ARN."""
    name = next(_names)
    trusted = trust or {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": SAGEMAKER},
    }
    arn = f"arn:aws:iam::{ACCOUNT}:role{path}{name}"
    record: dict[str, Any] = {
        "Arn": arn,
        "AssumeRolePolicyDocument": json.dumps({"Statement": [trusted]}),
        "InlinePolicies": {"p": json.dumps({"Statement": list(statements)})},
        "AttachedPolicies": [],
        "PermissionsBoundary": boundary,
    }
    inside(lambda: iam._roles.__setitem__(name, record))
    return arn


@dataclass(frozen=True)
class Bucket:
    """A bucket with one object, `input.json`."""

    name: str

    def put_policy(self, *statements: Statement) -> None:
        policy = json.dumps({"Statement": list(statements)}).encode()
        inside(lambda: s3._put_bucket_policy(self.name, policy))

    def read(self, key: str) -> tuple[bytes, dict[str, str]]:
        _, headers, body = inside(lambda: s3._get_object(self.name, key, {}, {}))
        return bytes(body), headers


@pytest.fixture
def host() -> MiniStackHost:
    return MiniStackHost(REGION)


@pytest.fixture
def bucket() -> Bucket:
    made = Bucket(next(_names))
    inside(lambda: s3._create_bucket(made.name, b"", {}))
    headers = {"content-type": "application/json"}
    inside(lambda: s3._put_object(made.name, "input.json", b"{}", headers))
    return made


@pytest.fixture
def key_arn() -> str:
    """A key whose policy leaves it to IAM who may use it, as the CDK writes it."""
    policy = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    _, _, body = inside(lambda: kms._create_key({"Policy": json.dumps({"Statement": [policy]})}))
    arn: str = json.loads(body)["KeyMetadata"]["Arn"]
    return arn


def test_a_role_trusts_the_service_that_its_policy_names(host: MiniStackHost) -> None:
    role = make_role()

    assert host.role_trusts(role, SAGEMAKER) is True
    assert host.role_trusts(role, "lambda.amazonaws.com") is False


def test_a_role_with_a_path_is_found_by_its_whole_arn_only(host: MiniStackHost) -> None:
    role = make_role(path="/reviews/")

    assert host.role_trusts(role, SAGEMAKER) is True
    assert host.role_trusts(role.replace("/reviews/", "/other/"), SAGEMAKER) is None


def test_a_role_that_does_not_exist_is_neither_trusting_nor_not(host: MiniStackHost) -> None:
    assert host.role_trusts(f"arn:aws:iam::{ACCOUNT}:role/none", SAGEMAKER) is None


def test_a_trust_that_wants_to_know_the_caller_does_not_hold(host: MiniStackHost) -> None:
    role = make_role(
        trust={
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": SAGEMAKER},
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        }
    )

    assert host.role_trusts(role, SAGEMAKER) is False


def test_a_role_may_do_what_its_policy_allows_on_that_resource_alone(
    host: MiniStackHost, bucket: Bucket
) -> None:
    arn = f"arn:aws:s3:::{bucket.name}"
    role = make_role(allow("s3:GetBucketLocation", resource=arn))

    assert host.role_allows(role, "s3:GetBucketLocation", arn)
    assert not host.role_allows(role, "s3:PutObject", f"{arn}/answers/a.json")
    assert not host.role_allows(role, "s3:GetBucketLocation", f"{arn}-2")


def test_a_bucket_exists_for_its_own_account(host: MiniStackHost, bucket: Bucket) -> None:
    assert host.bucket_exists(bucket.name, account=ACCOUNT)
    assert not host.bucket_exists(bucket.name, account="210987654321")
    assert not host.bucket_exists("no-such-bucket", account=ACCOUNT)


def test_reads_an_object_that_the_role_may_read(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role(allow("s3:GetObject", resource=f"arn:aws:s3:::{bucket.name}/*"))

    found = host.get_object(role, bucket.name, "input.json")

    assert found == StoredObject(body=b"{}", content_type="application/json")


def test_reads_nothing_without_a_grant(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role(allow("s3:GetObject", resource="arn:aws:s3:::another/*"))

    with pytest.raises(HostAccessDenied, match=f"s3:GetObject on resource: .*{bucket.name}/in"):
        host.get_object(role, bucket.name, "input.json")


def test_reads_nothing_that_the_bucket_denies(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role(allow("s3:GetObject"))
    bucket.put_policy(
        {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    )

    with pytest.raises(HostAccessDenied):
        host.get_object(role, bucket.name, "input.json")


def test_reads_over_tls(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role(allow("s3:GetObject"))
    bucket.put_policy(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )

    assert host.get_object(role, bucket.name, "input.json")


def test_reads_what_the_bucket_grants_to_the_role(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role()
    bucket.put_policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket.name}/*",
        }
    )

    assert host.get_object(role, bucket.name, "input.json")


def test_reads_nothing_beyond_the_permissions_boundary(host: MiniStackHost, bucket: Bucket) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/{next(_names)}"
    document = json.dumps({"Statement": [allow("s3:PutObject")]})
    record = {"DefaultVersionId": "v1", "Versions": {"v1": {"Document": document}}}
    inside(lambda: iam._policies.__setitem__(boundary, record))
    role = make_role(allow("s3:*"), boundary=boundary)

    with pytest.raises(HostAccessDenied):
        host.get_object(role, bucket.name, "input.json")


@pytest.mark.parametrize(
    ("actions", "error"),
    [(["s3:GetObject"], HostAccessDenied), (["s3:GetObject", "s3:ListBucket"], HostNotFound)],
)
def test_a_missing_object_is_told_to_who_may_list(
    host: MiniStackHost, bucket: Bucket, actions: list[str], error: type[HostError]
) -> None:
    with pytest.raises(error):
        host.get_object(make_role(allow(*actions)), bucket.name, "missing.json")


def test_a_missing_bucket_is_not_found(host: MiniStackHost) -> None:
    role = make_role(allow("s3:*"))

    with pytest.raises(HostNotFound):
        host.get_object(role, "no-such-bucket", "k")
    with pytest.raises(HostNotFound):
        host.put_object(role, "no-such-bucket", "k", b"", kms_key_id=None)


def test_writes_an_object_that_the_role_may_write(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role(allow("s3:PutObject", resource=f"arn:aws:s3:::{bucket.name}/out/*"))

    host.put_object(role, bucket.name, "out/output.json", b"[]", kms_key_id=None)

    body, headers = bucket.read("out/output.json")
    assert body == b"[]"
    assert headers["Content-Type"] == "application/json"


def test_writes_nothing_without_a_grant(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role(allow("s3:PutObject", resource=f"arn:aws:s3:::{bucket.name}/out/*"))

    with pytest.raises(HostAccessDenied, match="s3:PutObject"):
        host.put_object(role, bucket.name, "elsewhere.json", b"[]", kms_key_id=None)


def test_writes_with_a_key_that_the_role_may_use(
    host: MiniStackHost, bucket: Bucket, key_arn: str
) -> None:
    role = make_role(allow("s3:PutObject"), allow("kms:GenerateDataKey", resource=key_arn))

    host.put_object(role, bucket.name, "output.json", b"[]", kms_key_id=key_arn)

    assert bucket.read("output.json")[1]["x-amz-server-side-encryption"] == "aws:kms"


def test_writes_nothing_with_a_key_that_the_role_may_not_use(
    host: MiniStackHost, bucket: Bucket, key_arn: str
) -> None:
    role = make_role(allow("s3:PutObject"))

    with pytest.raises(HostAccessDenied, match=f"kms:GenerateDataKey on resource: {key_arn}"):
        host.put_object(role, bucket.name, "output.json", b"[]", kms_key_id=key_arn)


def test_reads_an_encrypted_object_with_a_grant_on_its_key_only(
    host: MiniStackHost, bucket: Bucket, key_arn: str
) -> None:
    writer = make_role(allow("s3:PutObject", "kms:GenerateDataKey"))
    host.put_object(writer, bucket.name, "secret.json", b"{}", kms_key_id=key_arn)
    stranger = make_role(allow("s3:GetObject"))
    reader = make_role(allow("s3:GetObject"), allow("kms:Decrypt", resource=key_arn))

    with pytest.raises(HostAccessDenied, match="kms:Decrypt"):
        host.get_object(stranger, bucket.name, "secret.json")
    assert host.get_object(reader, bucket.name, "secret.json").body == b"{}"


def test_the_key_sees_that_s3_uses_it(host: MiniStackHost, bucket: Bucket, key_arn: str) -> None:
    condition = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    role = make_role(
        allow("s3:PutObject"),
        allow("kms:GenerateDataKey", resource=key_arn, Condition=condition),
    )

    host.put_object(role, bucket.name, "output.json", b"[]", kms_key_id=key_arn)


def test_a_key_that_does_not_exist_is_not_found(host: MiniStackHost, bucket: Bucket) -> None:
    role = make_role(allow("s3:PutObject", "kms:*"))
    missing = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/none"

    with pytest.raises(HostNotFound, match=f"Key {missing} does not exist"):
        host.put_object(role, bucket.name, "output.json", b"[]", kms_key_id=missing)


class Pool:
    """A user pool with a group, made by calls of Cognito's own."""

    def __init__(self) -> None:
        self.id = self._call(cognito._create_user_pool, PoolName="p")["UserPool"]["Id"]
        self._call(cognito._create_group, UserPoolId=self.id, GroupName="reviewers")

    def add(self, username: str, **attributes: str) -> None:
        listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
        self._call(
            cognito._admin_create_user,
            UserPoolId=self.id,
            Username=username,
            UserAttributes=listed,
            MessageAction="SUPPRESS",
        )
        self._call(
            cognito._admin_add_user_to_group,
            UserPoolId=self.id,
            Username=username,
            GroupName="reviewers",
        )

    def sub_of(self, username: str) -> str:
        user = self._call(cognito._admin_get_user, UserPoolId=self.id, Username=username)
        attributes: dict[str, str] = {
            item["Name"]: item["Value"] for item in user["UserAttributes"]
        }
        return attributes["sub"]

    def disable(self, username: str) -> None:
        self._call(cognito._admin_disable_user, UserPoolId=self.id, Username=username)

    def add_client(self, **settings: Any) -> str:
        made = self._call(
            cognito._create_user_pool_client, UserPoolId=self.id, ClientName="c", **settings
        )
        client_id: str = made["UserPoolClient"]["ClientId"]
        return client_id

    def _call(self, operation: Callable[[dict[str, Any]], Any], **request: Any) -> Any:
        status, _, body = inside(lambda: operation(request))
        assert status == 200, body
        return json.loads(body)


@pytest.fixture
def pool() -> Pool:
    return Pool()


def test_knows_the_members_of_a_group(host: MiniStackHost, pool: Pool) -> None:
    pool.add("jane", email="jane@example.com")
    pool.add("joe")

    members = host.group_members(pool.id, "reviewers", account=ACCOUNT)

    assert members == [
        Member(sub=pool.sub_of("jane"), username="jane", email="jane@example.com"),
        Member(sub=pool.sub_of("joe"), username="joe", email=None),
    ]


def test_knows_more_members_than_one_page_holds(host: MiniStackHost, pool: Pool) -> None:
    for number in range(61):
        pool.add(f"worker-{number}")

    members = host.group_members(pool.id, "reviewers", account=ACCOUNT)

    assert members is not None
    assert len({member.username for member in members}) == 61


def test_a_disabled_user_is_no_member(host: MiniStackHost, pool: Pool) -> None:
    pool.add("jane")
    pool.disable("jane")

    assert host.group_members(pool.id, "reviewers", account=ACCOUNT) == []


def test_a_group_or_pool_that_does_not_exist_has_no_members(
    host: MiniStackHost, pool: Pool
) -> None:
    assert host.group_members(pool.id, "others", account=ACCOUNT) is None
    assert host.group_members("us-east-1_none", "reviewers", account=ACCOUNT) is None


def test_knows_the_clients_of_a_pool(host: MiniStackHost, pool: Pool) -> None:
    client = pool.add_client()

    assert host.user_pool_client(pool.id, "none", account=ACCOUNT) is None
    assert host.user_pool_client("us-east-1_none", client, account=ACCOUNT) is None
    found = host.user_pool_client(pool.id, client, account=ACCOUNT)
    assert found == UserPoolClient(has_secret=False, has_domain=False)


def test_knows_secret_and_domain(host: MiniStackHost, pool: Pool) -> None:
    client = pool.add_client(GenerateSecret=True)
    domain = {"UserPoolId": pool.id, "Domain": next(_names)}
    inside(lambda: cognito._create_user_pool_domain(domain))

    found = host.user_pool_client(pool.id, client, account=ACCOUNT)
    assert found == UserPoolClient(has_secret=True, has_domain=True)


def test_publishes_as_the_service_itself(host: MiniStackHost) -> None:
    queue = next(_names)
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"
    rule = {"Name": queue, "EventPattern": json.dumps({"source": ["aws.sagemaker"]})}
    inside(lambda: sqs._act_create_queue({"QueueName": queue}, ""))
    inside(eventbridge._ensure_default_bus)
    inside(lambda: eventbridge._put_rule(rule))
    inside(lambda: eventbridge._put_targets({"Rule": queue, "Targets": [{"Id": "q", "Arn": arn}]}))
    event = {"Source": "aws.sagemaker", "DetailType": "t", "Resources": [], "Detail": '{"a": 1}'}

    host.publish(event, account=ACCOUNT, region=REGION)

    delivered = inside(lambda: sqs._queue_by_arn(arn))["messages"]
    assert [json.loads(message["body"])["detail"] for message in delivered] == [{"a": 1}]


def test_fails_when_an_event_is_not_taken(host: MiniStackHost) -> None:
    event = {"Source": "aws.sagemaker", "DetailType": "t", "Detail": "{}", "EventBusName": "arn:x"}

    with pytest.raises(HostError, match="EventBridge refused the event"):
        host.publish(event, account=ACCOUNT, region=REGION)

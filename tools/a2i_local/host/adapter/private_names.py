"""Check of MiniStack's private names that this package relies on.

None of them is promised to stay: a release that renames one must fail here, in one line, and
not later as a stack that deploys wrongly.
"""

import hashlib
import importlib
import inspect
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ministack

from a2i_local.host.settings import LocalAwsError

PINNED_VERSION = "1.5.33"
_CORE = "ministack.core"
_SERVICES = "ministack.services"

# Module -> function -> the parameters it takes, in order.
FUNCTIONS: dict[str, dict[str, str]] = {
    "ministack.app": {
        "_build_persistence_save_dict": "",
        "_enforce_execute_api": "api_id stage method execute_path headers query_params iam_action",
        "_execute_api_authorization_type": "api_id stage method execute_path",
        "_handle_cognito_body_request": "method path headers body query_params",
        "app": "scope receive send",
    },
    f"{_CORE}.concurrency": {
        "run_offloop": "fn args kwargs",
        "run_reentrant": "fn args thread_name",
        "spawn_background": "fn args thread_name kwargs",
    },
    f"{_CORE}.iam_actions": {
        "access_denied_response": (
            "service action principal_arn request_id error_code message headers "
            "resource_arn explicit_deny resource_policy_arn"
        ),
        "extract_resource_arn": ("service method path headers body query_params region account_id"),
        "identity_denial_message": "action principal_arn resource explicit_deny",
        "request_tag_context": "service iam_action body params",
    },
    f"{_CORE}.iam_evaluator": {
        "enforce": "access_key_id iam_action service region resource_arn service_context",
        "evaluate": "ctx policies limits",
        "evaluate_resource_policy": "doc ctx service named_only direct_only",
        "combine_resource_policy": "identity ctx policy owner_account required limits",
        "_gather_role_policies": "role_name account_id",
        "_permissions_boundary": "store name account_id",
        "_resource_policy": "service resource_arn",
    },
    f"{_CORE}.persistence": {"_json_default": "obj", "save_state": "service data"},
    f"{_CORE}.responses": {
        "get_account_id": "",
        "get_region": "",
        "set_request_account_id": "access_key_id",
        "set_request_region": "region",
    },
    f"{_CORE}.router": {"extract_access_key_id": "headers query_params"},
    f"{_SERVICES}.cognito": {
        "_admin_add_user_to_group": "data",
        "_admin_create_user": "data",
        "_admin_delete_user": "data",
        "_admin_initiate_auth": "data",
        "_admin_remove_user_from_group": "data",
        "_admin_respond_to_auth_challenge": "data",
        "_apply_mfa_preference": "user data",
        "_deliver_cognito_email": "pool to_email subject body type_name extra",
        "_deliver_invitation_email": "pool username attr_dict subject body",
        "_describe_user_pool": "data",
        "_describe_user_pool_client": "data",
        "_fake_token": (
            "sub pool_id client_id token_type username user_attrs groups nonce trigger_source "
            "client_metadata origin_jti scope"
        ),
        "_find_pool_by_client_id": "client_id",
        "_get_pool_unscoped": "pool_id",
        "_issue_auth_code_redirect": (
            "client_id pool_id redirect_uri scope username nonce code_challenge "
            "code_challenge_method state"
        ),
        "_list_users_in_group": "data",
        "_oauth2_error": "error description status",
        "_oauth2_token": "data query_params raw_body headers",
        "_page_shell": "title heading body_html",
        "_password_policy_errors": "pool password",
        "_resolve_pool": "pool_id",
        "_resolve_user": "pool username",
        "_revoke_token": "data",
        "_token_claims": "token",
        "_totp_matches": "secret_b32 user_code",
        "_update_user_pool_client": "data",
        "handle_login_submit": "method path headers body query_params",
    },
    f"{_SERVICES}.eventbridge": {"_put_events": "data allow_aws_source"},
    f"{_SERVICES}.kms": {"_resolve_key": "key_id_or_arn"},
    f"{_SERVICES}.s3": {
        "_bucket_default_sse_headers": "bucket_name",
        "_bucket_owner_account": "name",
        "_delete_bucket": "name",
        "_get_object": "bucket_name key headers query_params",
        "_object_disk_path": "bucket key account_id",
        "_put_object": "bucket_name key body headers",
    },
    f"{_SERVICES}.sqs": {"_act_send_message": "data qurl", "_queue_by_arn": "arn"},
}

# Module -> tables, stores and classes that must exist, whatever is in them.
VALUES: dict[str, tuple[str, ...]] = {
    "ministack.app": ("SERVICE_HANDLERS",),
    f"{_CORE}.iam_evaluator": ("AuthError", "EvalContext"),
    f"{_CORE}.router": ("SERVICE_PATTERNS",),
    f"{_SERVICES}.cognito": ("_refresh_tokens", "_revoked_tokens", "_user_pools"),
    f"{_SERVICES}.iam": ("_roles",),
    f"{_SERVICES}.s3": ("S3_PERSIST",),
    f"{_SERVICES}.sqs": ("_Err", "_HANDLERS"),
}

# File -> digest. These take long to import, so they are loaded after the start; and some of their
# functions are changed, which asks for more than the same parameters.
SOURCES = {
    "services/apigateway.py": ("7cf00e1ec76bdcbc02d96d4980a10626ffe4319f956de02b2ea520d68e327196"),
    "services/cloudformation/handlers.py": (
        "613beed6d584d97d7621530db90adc6ab4e8bef6900d1ab1a5f857df01dd8f0e"
    ),
    "services/cloudformation/provisioners.py": (
        "dd49f686252edf47101d737f94fb0d768d9badfcccb45dff91b41a5fac7538f7"
    ),
    "services/cloudformation/stacks.py": (
        "48664a97a275aad40afca8b17c67408c0657bad86ac2da68af786d5f365c9af0"
    ),
    "services/dynamodb.py": ("680c41de03dcf6e38aface491594c35e90842fc83ed0f399ac5ab9e57c053270"),
    "services/lambda_svc.py": ("f308d572dd7e2dca242e56f37e91a5e8f0b5d8e9873db65d33a4d6c6c886c49b"),
    "services/stepfunctions.py": (
        "de5d123cf684c226b59a2a46c610d38ff9e8226a44bc2cab90fcee5b83886917"
    ),
}


def check_private_names() -> None:
    """LocalAwsError: a name is missing, a function takes other parameters, a source changed."""
    _check_sources()
    _check_functions()
    for module, names in VALUES.items():
        for name in names:
            _lookup(module, name)


def _check_sources() -> None:
    package = Path(ministack.__file__).parent
    for name, expected in SOURCES.items():
        path = package / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "none"
        if found != expected:
            raise unexpected(f"ministack/{name} has the digest {found}, expected {expected}")


def _check_functions() -> None:
    for module, functions in FUNCTIONS.items():
        for name, expected in functions.items():
            found = " ".join(inspect.signature(_lookup(module, name)).parameters)
            if found != expected:
                raise unexpected(f"{module}.{name} takes ({found}), expected ({expected})")


def unexpected(difference: str) -> LocalAwsError:
    """Return the error for a MiniStack that is not the one this package was written for."""
    return LocalAwsError(
        f"ministack {version('ministack')} is installed, {PINNED_VERSION} is needed: "
        f"{difference}; pip install ministack=={PINNED_VERSION}"
    )


def _lookup(module: str, name: str) -> Any:
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise unexpected(f"{module}.{name} is missing") from None

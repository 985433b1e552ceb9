"""HTTP endpoint of a LocalA2I: both A2I APIs, and PutObject, GetObject, HeadObject of S3.

The account is the caller's access key if that has twelve digits, the region the one that the
request was signed for. Signatures are not checked.
"""

import re

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from a2i_local import protocol
from a2i_local.service import A2IService, StoredObject
from a2i_local.service.memory_host import MemoryHost

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")
_DEFAULT_ACCOUNT = "123456789012"
_DEFAULT_REGION = "us-east-1"
_METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD"]


def create_endpoint(service: A2IService, host: MemoryHost) -> Starlette:
    """Return the application: requests signed for S3 are the host's, all others the service's."""

    async def answer(request: Request) -> Response:
        account, region, signed_for = _caller(request)
        body = await request.body()
        if signed_for == "s3":
            return _object_response(host, request, body)
        status, headers, content = await run_in_threadpool(
            protocol.handle,
            service,
            request.method,
            request.url.path,
            request.headers,
            body,
            request.query_params,
            account=account,
            region=region,
        )
        return Response(content, status, headers)

    return Starlette(routes=[Route("/{path:path}", answer, methods=_METHODS)])


def _caller(request: Request) -> tuple[str, str, str]:
    match = _CREDENTIAL.search(request.headers.get("authorization", ""))
    if match is None:
        return _DEFAULT_ACCOUNT, _DEFAULT_REGION, ""
    access_key, region, signed_for = match.groups()
    return access_key if _ACCOUNT.fullmatch(access_key) else _DEFAULT_ACCOUNT, region, signed_for


def _object_response(host: MemoryHost, request: Request, body: bytes) -> Response:
    bucket_name, _, key = request.path_params["path"].partition("/")
    bucket = host.buckets.get(bucket_name)
    if bucket is None:
        return _s3_error(404, "NoSuchBucket")
    if request.method == "PUT" and key:
        content_type = request.headers.get("content-type", "binary/octet-stream")
        bucket[key] = StoredObject(body, content_type)
        return Response()
    if request.method not in {"GET", "HEAD"} or not key:
        return _s3_error(501, "NotImplemented")
    stored = bucket.get(key)
    if stored is None:
        return _s3_error(404, "NoSuchKey")
    return Response(stored.body, headers={"Content-Type": stored.content_type})


def _s3_error(status: int, code: str) -> Response:
    body = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return Response(body, status, media_type="application/xml")

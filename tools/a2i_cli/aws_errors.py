"""One-line explanations of AWS errors, each with a remedy."""

from botocore import exceptions as botocore_errors
from botocore.exceptions import ClientError

LOCAL_AWS_HINT = 'for the local AWS run: eval "$(a2i local env)"'

_CREDENTIALS = (
    f"check AWS_PROFILE or the AWS_ACCESS_KEY_ID variables, or sign in again; {LOCAL_AWS_HINT}"
)

_REMEDIES: dict[str, str] = {
    "AccessDenied": "allow this action to the identity that runs the command",
    "AccessDeniedException": "allow this action to the identity that runs the command",
    "UnauthorizedOperation": "allow this action to the identity that runs the command",
    "ExpiredToken": _CREDENTIALS,
    "ExpiredTokenException": _CREDENTIALS,
    "InvalidClientTokenId": _CREDENTIALS,
    "InvalidSignatureException": _CREDENTIALS,
    "SignatureDoesNotMatch": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "ThrottlingException": "too many calls at once: try again in a minute",
    "Throttling": "too many calls at once: try again in a minute",
    "TooManyRequestsException": "too many calls at once: try again in a minute",
    "ServiceQuotaExceededException": "wait until open reviews end, or ask AWS for a higher quota",
    "ResourceNotFound": "check the name, AWS_REGION and, if the command has it, --stack",
    "ResourceNotFoundException": "check the name, AWS_REGION and, if the command has it, --stack",
    "NoSuchBucket": "check AWS_REGION and --stack",
    "NoSuchKey": "it may have been erased, or has expired",
}


_WAYS_TO_AWS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((botocore_errors.NoRegionError,), f"set AWS_REGION; {LOCAL_AWS_HINT}"),
    ((botocore_errors.ProfileNotFound,), "correct AWS_PROFILE, or unset it"),
    (
        (
            botocore_errors.NoCredentialsError,
            botocore_errors.PartialCredentialsError,
            botocore_errors.CredentialRetrievalError,
            botocore_errors.SSOError,
            botocore_errors.LoginError,
            botocore_errors.TokenRetrievalError,
        ),
        _CREDENTIALS,
    ),
    (
        (botocore_errors.SSLError,),
        f"the certificate is not trusted: set AWS_CA_BUNDLE; {LOCAL_AWS_HINT}",
    ),
    (
        (botocore_errors.HTTPClientError, botocore_errors.ConnectionError),
        "check the network, AWS_ENDPOINT_URL, and with a2i preflight whether the region has A2I",
    ),
)


def explain(error: Exception) -> str:
    """Return one line for an error that botocore raised: AWS's own words and the remedy."""
    if isinstance(error, ClientError):
        return _explain_refusal(error)
    remedy = next((words for kinds, words in _WAYS_TO_AWS if isinstance(error, kinds)), None)
    return f"{error}: {remedy}" if remedy else f"the AWS client refused the call: {error}"


def error_code(error: ClientError) -> str:
    """Return AWS's code of a refusal, for example `ResourceNotFound`."""
    return error.response.get("Error", {}).get("Code", "Unknown")


def error_words(error: ClientError) -> str:
    """Return AWS's own words of a refusal."""
    return error.response.get("Error", {}).get("Message", "no message")


def _explain_refusal(error: ClientError) -> str:
    code = error_code(error)
    line = f"AWS refused {error.operation_name}: {code}: {error_words(error)}"
    remedy = _REMEDIES.get(code)
    return f"{line}: {remedy}" if remedy else line

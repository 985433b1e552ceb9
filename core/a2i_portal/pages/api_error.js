/** Requests, and what is refused or does not answer. */

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get isTimeOver() {
    return this.code === "TaskTimeLimitExceeded";
  }

  get isSessionOver() {
    return this.status === 401;
  }

  /** Nobody answers, or with a failure of their own: the same request may succeed later. */
  get isOutage() {
    return this.status === 0 || this.status >= 500;
  }

  /** Nobody is signed in any more, or who is may not work here. */
  get isOut() {
    return this.isSessionOver || this.status === 403 || this.code === "SourceIpNotAllowed";
  }
}

/** Sends a request; an ApiError with these words where nobody answers. */
export async function reach(address, request, unreachable) {
  try {
    return await fetch(address, request);
  } catch {
    throw new ApiError(0, "Unreachable", unreachable);
  }
}

/** The JSON of a response; an ApiError for one that refuses. */
export async function contentOf(response) {
  const content = await response.json().catch(() => ({}));
  if (response.ok) return content;
  // An HTTP API refuses a token by itself, in its own form.
  const { code = "Unknown", message = sentence(response.status) } = content.error ?? {};
  throw new ApiError(response.status, code, message);
}

function sentence(status) {
  return status === 401 ? "Your session is over: sign in again." : `The portal answered ${status}.`;
}

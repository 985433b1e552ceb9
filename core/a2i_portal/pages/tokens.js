/**
 * Tokens of the user pool, by authorization code with PKCE: a public client, and no password here.
 * The access token is in memory alone; the refresh token is in this tab's storage for a reload.
 */
import { ApiError, reach } from "./api_error.js";

const REFRESH_TOKEN = "a2i-refresh-token";
const BEGUN = "a2i-sign-in";
const SIGNED_OUT = "a2i-signed-out";
/** A token that ends sooner is exchanged before it is used. */
const SPARE_MS = 60_000;
const OVER = "Your session is over: sign in again.";
const CALLBACK = `${location.origin}/`;

export class Tokens {
  /** `fetchSettings()` gets `{ clientId, address }` of the sign-in. */
  constructor(fetchSettings) {
    this.fetchSettings = fetchSettings;
    this.settings = null;
    this.access = null;
    this.name = "";
  }

  get isSignedIn() {
    return this.access !== null || sessionStorage.getItem(REFRESH_TOKEN) !== null;
  }

  /** Leaves for the sign-in; it comes back to `place`, which is a path with a query. */
  async begin(place) {
    const { clientId, address } = await this.#settings();
    const [state, verifier] = [randomText(), randomText()];
    sessionStorage.setItem(BEGUN, JSON.stringify({ state, verifier, place }));
    const query = new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: CALLBACK,
      scope: "openid",
      state,
      code_challenge: await challengeOf(verifier),
      code_challenge_method: "S256",
    });
    location.assign(`${address}/oauth2/authorize?${query}`);
    return leaving();
  }

  /** Exchanges the code that the sign-in came back with. ApiError where it refused. */
  async finish(arrival) {
    if (arrival.error) throw refused(`Signing in failed: ${arrival.error}.`);
    const grant = {
      grant_type: "authorization_code",
      code: arrival.code,
      code_verifier: arrival.verifier,
      redirect_uri: CALLBACK,
    };
    await this.#ask(grant, "Signing in failed: try again.");
  }

  /** A token that works for a while yet; ApiError 401 when the session is over. */
  async current() {
    if (this.access !== null && this.endsAt - Date.now() > SPARE_MS) return this.access;
    // A refresh token is used once: calls at the same time share its exchange.
    this.refreshing ??= this.#refresh().finally(() => {
      this.refreshing = undefined;
    });
    await this.refreshing;
    return this.access;
  }

  forget() {
    this.access = null;
    sessionStorage.removeItem(REFRESH_TOKEN);
  }

  /** Ends the session here and at the pool, which comes back to `place`: a path with a query. */
  async signOut(place = "/") {
    const { clientId, address } = await this.#settings();
    const token = sessionStorage.getItem(REFRESH_TOKEN);
    this.forget();
    const revoked = token ? post(`${address}/oauth2/revoke`, { token, client_id: clientId }) : null;
    await revoked?.catch(() => {});
    // The pool comes back to the one address that it knows; `takeArrival` goes on from there.
    sessionStorage.setItem(SIGNED_OUT, place);
    const query = new URLSearchParams({ client_id: clientId, logout_uri: CALLBACK });
    location.assign(`${address}/logout?${query}`);
    return leaving();
  }

  async #refresh() {
    const token = sessionStorage.getItem(REFRESH_TOKEN);
    if (token === null) throw refused(OVER);
    await this.#ask({ grant_type: "refresh_token", refresh_token: token }, OVER);
  }

  async #settings() {
    this.settings ??= await this.fetchSettings();
    return this.settings;
  }

  async #ask(grant, refusal) {
    const { clientId, address } = await this.#settings();
    const response = await post(`${address}/oauth2/token`, { client_id: clientId, ...grant });
    const tokens = await response.json().catch(() => ({}));
    if (response.status >= 500)
      throw new ApiError(response.status, "Unknown", "The sign-in fails.");
    if (!tokens.access_token) {
      this.forget();
      throw refused(refusal);
    }
    this.access = tokens.access_token;
    this.endsAt = Date.now() + tokens.expires_in * 1000;
    const claims = { ...claimsOf(tokens.access_token), ...claimsOf(tokens.id_token) };
    this.name = claims.email ?? claims.username ?? claims.sub;
    if (tokens.refresh_token) sessionStorage.setItem(REFRESH_TOKEN, tokens.refresh_token);
  }
}

/**
 * What the sign-in came back with, taken out of the address, which is again as it was before, also
 * after signing out: `{ code, verifier }`, `{ error }`, or null. A code that was not asked for here
 * is not used.
 */
export function takeArrival() {
  const query = new URLSearchParams(location.search);
  const place = sessionStorage.getItem(SIGNED_OUT);
  sessionStorage.removeItem(SIGNED_OUT);
  if (place !== null && location.href === CALLBACK) history.replaceState(null, "", place);
  if (!query.has("state") || !(query.has("code") || query.has("error"))) return null;
  const begun = JSON.parse(sessionStorage.getItem(BEGUN) ?? "{}");
  sessionStorage.removeItem(BEGUN);
  history.replaceState(null, "", begun.place ?? location.pathname);
  if (begun.state !== query.get("state")) return { error: "it was not begun in this window" };
  if (query.has("error")) return { error: query.get("error_description") ?? query.get("error") };
  return { code: query.get("code"), verifier: begun.verifier };
}

function post(address, fields) {
  const request = { method: "POST", body: new URLSearchParams(fields) };
  return reach(address, request, "The sign-in does not answer.");
}

function refused(message) {
  return new ApiError(401, "SessionOver", message);
}

/** The page is about to be left: nothing goes on. */
function leaving() {
  return new Promise(() => {});
}

function randomText() {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

async function challengeOf(verifier) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64Url(new Uint8Array(digest));
}

function base64Url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** What a token says, for display: the API alone decides what it is worth. */
function claimsOf(token) {
  if (!token) return {};
  const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (byte) => byte.charCodeAt(0))));
}

/**
 * Takes WebRTC and WebTransport from the page, before any code of the template runs: no content
 * security policy that browsers know covers peer connections. A classic script, so that it comes
 * first. It cannot reach into frames that the template makes; Connection-Allowlist does.
 */
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^(webkit|moz)?RTC|^WebTransport/.test(name)) delete window[name];
}

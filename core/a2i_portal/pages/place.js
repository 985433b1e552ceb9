/** Where the reviewer is, kept in the address: a reload comes back to it. */

export function readPlace() {
  const query = new URLSearchParams(location.search);
  return { worker: query.get("worker") ?? "", task: query.get("task") ?? "" };
}

export function writePlace({ worker = "", task = "" }) {
  const query = new URLSearchParams(Object.entries({ worker, task }).filter(([, value]) => value));
  const address = `${location.pathname}${query.size > 0 ? `?${query}` : ""}`;
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
}

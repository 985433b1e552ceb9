/** Where the reviewer is, kept in the address: a reload comes back to it. */

export function readPlace() {
  const query = new URLSearchParams(location.search);
  const [worker, task, view] = ["worker", "task", "view"].map((name) => query.get(name) ?? "");
  return { worker, task, view };
}

export function writePlace({ worker = "", task = "", view = "" }) {
  const given = Object.entries({ worker, task, view }).filter(([, value]) => value);
  const query = new URLSearchParams(given);
  const address = `${location.pathname}${query.size > 0 ? `?${query}` : ""}`;
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
}

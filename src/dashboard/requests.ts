import type { IncomingHttpHeaders } from "node:http";

const OWN = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a request comes from this machine's own pages and programs. A page of another site could otherwise reach the
 * dashboard under a name of its own that it points to this machine. Ports may differ, because of tunnels.
 */
export function isOwnRequest({ host, ...headers }: IncomingHttpHeaders): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host ?? "")?.[1];
  if (name === undefined || !OWN.has(name.toLowerCase())) return false;
  const site = headers["sec-fetch-site"];
  return site === undefined || site === "same-origin" || site === "none";
}

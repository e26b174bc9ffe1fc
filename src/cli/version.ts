import { readFileSync } from "node:fs";

/** Returns the version of the package without loading any other part of it. */
export function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

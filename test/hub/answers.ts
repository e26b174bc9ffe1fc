/** How the test hub answers. */
import type { ServerResponse } from "node:http";

/** The one token that the test hub knows. */
export const TOKEN = "hf_test";

export function json(
  response: ServerResponse,
  value: unknown,
  headers: Record<string, string> = {},
  status = 200,
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(value));
}

export function refuse(
  response: ServerResponse,
  status: number,
  code: string | undefined,
  message: string,
): void {
  const headers = { "x-error-message": message, ...(code !== undefined && { "x-error-code": code }) };
  json(response, { error: message }, headers, status);
}

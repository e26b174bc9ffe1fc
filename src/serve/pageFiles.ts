import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** Pages load nothing from other hosts, run no scripts but their own files, and cannot be put into frames. */
export const PAGE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

/** A file of a page, in memory. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** How long browsers may keep a file: for ever, because its name changes with its content, or only if it is unchanged. */
export const FOR_EVER = "public, max-age=31536000, immutable";
export const CHECKED_ANEW = "no-cache";

export const pageFile = (bytes: Buffer, extension: string): PageFile => ({
  bytes,
  type: TYPES[extension] ?? "application/octet-stream",
  etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
});

/** The folder of a built page, next to the compiled code, or in `dist` if the sources run. */
export function builtPage(name: "page" | "dashboard-page" | "review-page"): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const isSource = here.includes(`${sep}src${sep}serve${sep}`);
  return join(here, isSource ? "../../dist" : "..", name);
}

/** Reads all files of a folder, by their paths. */
export function filesOf(folder: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const name = path.slice(folder.length + 1).replaceAll(sep, "/");
        return [name, pageFile(readFileSync(path), extname(name))] as const;
      }),
  );
}

/** Answers with a file of a page. */
export function sendPageFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { bytes, type, etag }: PageFile,
  caching: string,
): FastifyReply {
  void reply.headers(PAGE_HEADERS).header("cache-control", caching).header("etag", etag).type(type);
  return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(bytes);
}

/** Serves a built page of its own at `/`, with its files. They need no token. */
export function servePage(app: FastifyInstance, folder: string): void {
  const files = filesOf(folder);
  const options = { config: { isOpen: true } };
  app.get("/", options, async (request, reply) => {
    const index = files.get("index.html");
    if (index === undefined) return reply.code(500).send({ error: "The page is not built: npm run build" });
    return sendPageFile(request, reply, index, CHECKED_ANEW);
  });
  app.get<{ Params: { "*": string } }>("/assets/*", options, async (request, reply) => {
    const file = files.get(`assets/${request.params["*"]}`);
    return file === undefined ? reply.callNotFound() : sendPageFile(request, reply, file, FOR_EVER);
  });
}

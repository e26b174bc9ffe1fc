import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { indexAnswer } from "../answers.js";
import { notFound } from "../errors.js";
import { docsHtml, docsScript, docsStyle } from "./docsPage.js";

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
const PAGE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

/** A file of a page, in memory. */
interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

const pageFile = (bytes: Buffer, extension: string): PageFile => ({
  bytes,
  type: TYPES[extension] ?? "application/octet-stream",
  etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
});

/** The folder of the built page, next to the compiled code, or in `dist` if the sources run. */
function builtPage(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const isSource = here.includes(`${sep}src${sep}serve${sep}`);
  return join(here, isSource ? "../../../dist/page" : "../../page");
}

/** Reads all files of a folder, by their paths. */
function filesOf(folder: string): ReadonlyMap<string, PageFile> {
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

/** The page at `/` to try the models, its files, and the page at `/docs` to try the interface. */
export function pageRoutes(app: FastifyInstance, folder = builtPage()): void {
  const files = filesOf(folder);
  const options = { config: { isOpen: true }, schema: { hide: true } };
  const send = (
    request: FastifyRequest,
    reply: FastifyReply,
    file: PageFile | undefined,
    caching: string,
  ) => {
    if (file === undefined) throw notFound();
    const { bytes, type, etag } = file;
    void reply.headers(PAGE_HEADERS).header("cache-control", caching).header("etag", etag).type(type);
    return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(bytes);
  };
  // The names of these files change with their content.
  const forEver = "public, max-age=31536000, immutable";
  const checkedAnew = "no-cache";
  const index = {
    operationId: "index",
    summary: "The page to try the models, or the addresses",
    tags: ["operations"],
    response: { 200: indexAnswer },
  };
  app.get("/", { config: { isOpen: true }, schema: index }, async (request, reply) => {
    void reply.header("vary", "accept");
    if (/text\/html/.test(request.headers.accept ?? "") && files.has("index.html"))
      return send(request, reply, files.get("index.html"), checkedAnew);
    return { models: "/v1/models", entities: "/v1/entities", openapi: "/openapi.json", docs: "/docs" };
  });
  app.get<{ Params: { "*": string } }>("/assets/*", options, async (request, reply) =>
    send(request, reply, files.get(`assets/${request.params["*"]}`), forEver),
  );
  const docs = {
    "/docs": pageFile(Buffer.from(docsHtml), ".html"),
    "/docs/page.js": pageFile(Buffer.from(docsScript), ".js"),
    "/docs/page.css": pageFile(Buffer.from(docsStyle), ".css"),
  };
  for (const [url, file] of Object.entries(docs))
    app.get(url, options, async (request, reply) => send(request, reply, file, checkedAnew));
}

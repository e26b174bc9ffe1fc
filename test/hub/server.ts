/**
 * A hub on this machine that speaks the real one's protocol, as far as Nerium and huggingface_hub use it, written from
 * its public documentation: https://huggingface.co/docs/hub/api, https://github.com/git-lfs/git-lfs/tree/main/docs/api.
 * Large files are served by a second host, as by the real hub's CDN, which refuses requests with a token.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json, refuse, TOKEN } from "./answers.js";
import {
  commit,
  etagOf,
  newRepository,
  type StoredFile,
  type StoredRepository,
  treeEntry,
} from "./repositories.js";
import { type Uploads, uploadRoute } from "./uploads.js";

/** What goes wrong with a download. */
export interface Fault {
  /** Cut the connection after so many bytes of the body. */
  readonly dropAfter?: number;
  readonly ignoreRange?: boolean;
  /** Serve something else. */
  readonly content?: Buffer;
  readonly etag?: string;
  /** Milliseconds between pieces of 4 KiB. */
  readonly slow?: number;
  /** Called with the number of bytes sent so far, where `slow` is given. */
  readonly onPiece?: (sent: number) => void;
}

/** One request as it came. */
export interface Seen {
  readonly host: "hub" | "cdn";
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export class TestHub {
  readonly repositories = new Map<string, StoredRepository>();
  /** Old names → new ones. */
  readonly renamed = new Map<string, string>();
  readonly seen: Seen[] = [];
  readonly uploads: Uploads = { objects: new Map(), commits: [], multipart: undefined };
  /** Answers before anything else; true where it did. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Awaited before each answer. */
  gate: (request: Seen) => Promise<void> = async () => {};
  /** Asked before each body of a file. */
  fault: (path: string, range: string | undefined, host: Seen["host"]) => Fault = () => ({});
  /** Entries of a page of a listing. */
  pageSize = 1000;

  private constructor(
    private readonly hub: Server,
    private readonly cdn: Server,
  ) {}

  static async start(): Promise<TestHub> {
    const listening = async (server: Server) => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    };
    const made: TestHub = new TestHub(
      await listening(createServer((request, response) => made.answer("hub", request, response))),
      await listening(createServer((request, response) => made.answer("cdn", request, response))),
    );
    return made;
  }

  async stop(): Promise<void> {
    for (const server of [this.hub, this.cdn]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  get url(): string {
    return `http://127.0.0.1:${(this.hub.address() as AddressInfo).port}`;
  }

  get cdnUrl(): string {
    return `http://127.0.0.1:${(this.cdn.address() as AddressInfo).port}`;
  }

  /** Makes a repository with one commit. */
  add(
    kind: StoredRepository["kind"],
    name: string,
    files: Readonly<Record<string, Buffer | string>>,
    branch = "main",
  ): StoredRepository {
    const repository = this.repositories.get(`${kind}:${name}`) ?? newRepository(kind, name);
    this.repositories.set(`${kind}:${name}`, repository);
    commit(repository, files, branch);
    return repository;
  }

  private answer(host: Seen["host"], request: IncomingMessage, response: ServerResponse): void {
    const { method = "GET", url = "/", headers } = request;
    const { range, authorization } = headers;
    this.seen.push({ host, method, path: decodeURIComponent(url), range, authorization });
    this.gate(this.seen.at(-1)!)
      .then(() => {
        if (this.intercept(request, response)) return;
        if (host === "cdn" && method === "GET") return this.fromCdn(request, response);
        return this.route(request, response);
      })
      .catch((error) => {
        response.writeHead(500, { "content-type": "text/plain" });
        response.end(String(error.stack));
      });
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const url = new URL(request.url!, this.url);
    if (await uploadRoute(this, request, response, url)) return;
    const api = /^\/api\/(model|dataset)s\/(.+?)\/(revision|tree|paths-info)\/([^/]+)(?:\/(.*))?$/.exec(
      url.pathname,
    );
    const file = /^\/(datasets\/)?(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
    const kind = (api?.[1] ?? (file?.[1] ? "dataset" : "model")) as StoredRepository["kind"];
    const name = api?.[2] ?? file?.[2];
    const revision = decodeURIComponent(api?.[4] ?? file?.[3] ?? "");
    if (name === undefined) return refuse(response, 404, undefined, "no such page");
    const today = this.renamed.get(`${kind}:${name}`);
    if (today !== undefined) {
      response.writeHead(307, { location: request.url!.replace(`/${name}/`, `/${today}/`) });
      response.end();
      return;
    }
    const repository = this.repositories.get(`${kind}:${name}`);
    const knows = request.headers.authorization === `Bearer ${TOKEN}`;
    if (request.headers.authorization !== undefined && !knows)
      return refuse(response, 401, undefined, "Invalid credentials in Authorization header");
    if (repository === undefined || (repository.private && !knows))
      return refuse(response, knows ? 404 : 401, "RepoNotFound", "Repository not found");
    const hash = repository.refs.get(revision) ?? (repository.commits.has(revision) ? revision : undefined);
    if (hash === undefined) return refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${revision}`);
    const files = repository.commits.get(hash)!;
    if (api?.[3] === "revision")
      return json(response, {
        _id: "0",
        id: name,
        sha: hash,
        private: repository.private,
        gated: repository.gated ? "manual" : false,
        siblings: [...files.keys()].map((rfilename) => ({ rfilename })),
        lastModified: "2026-01-01T00:00:00.000Z",
      });
    if (repository.gated && !knows)
      return refuse(response, 401, "GatedRepo", `Access to model ${name} is restricted.`);
    if (api?.[3] === "tree") return this.tree(response, url, files);
    if (file !== null) return this.resolve(request, response, hash, file[4]!, files);
    refuse(response, 404, undefined, "no such page");
  }

  private tree(response: ServerResponse, url: URL, files: ReadonlyMap<string, StoredFile>) {
    const start = Number(url.searchParams.get("cursor") ?? 0);
    const entries = [...files].map(([path, file]) => treeEntry(path, file));
    const next = new URL(url);
    next.searchParams.set("cursor", String(start + this.pageSize));
    const more = start + this.pageSize < entries.length;
    json(
      response,
      entries.slice(start, start + this.pageSize),
      more ? { link: `<${next}>; rel="next"` } : {},
    );
  }

  private resolve(
    request: IncomingMessage,
    response: ServerResponse,
    hash: string,
    path: string,
    files: ReadonlyMap<string, StoredFile>,
  ) {
    const file = files.get(decodeURIComponent(path));
    if (file === undefined) {
      response.setHeader("x-repo-commit", hash);
      return refuse(response, 404, "EntryNotFound", "Entry not found");
    }
    const fault = this.fault(decodeURIComponent(path), request.headers.range, "hub");
    const facts = { "x-repo-commit": hash, "access-control-expose-headers": "X-Repo-Commit, ETag" };
    const etag = `"${fault.etag ?? etagOf(file)}"`;
    if (!file.isLfs) return send(request, response, fault.content ?? file.content, { ...facts, etag }, fault);
    response.writeHead(302, {
      ...facts,
      location: `${this.cdnUrl}/${hash}/${path}?signed=1`,
      "x-linked-etag": etag,
      "x-linked-size": file.content.length,
    });
    response.end();
  }

  private fromCdn(request: IncomingMessage, response: ServerResponse) {
    // As S3: a signed address and a token of another kind contradict each other.
    if (request.headers.authorization !== undefined)
      return refuse(response, 400, undefined, "Only one auth mechanism allowed");
    const [, hash, ...rest] = new URL(request.url!, this.cdnUrl).pathname.split("/");
    const path = decodeURIComponent(rest.join("/"));
    for (const { commits } of this.repositories.values()) {
      const file = commits.get(hash!)?.get(path);
      if (file === undefined) continue;
      const fault = this.fault(path, request.headers.range, "cdn");
      return send(
        request,
        response,
        fault.content ?? file.content,
        { etag: `"${fault.etag ?? etagOf(file)}"` },
        fault,
      );
    }
    refuse(response, 403, undefined, "Access denied");
  }
}

/** Sends a file, or the range of it that is asked for; a range of another state than the one named brings the whole. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  headers: Record<string, string>,
  { dropAfter, ignoreRange, slow, onPiece }: Fault,
) {
  const { range } = request.headers;
  const condition = request.headers["if-range"];
  const [, from] = /^bytes=(\d+)-$/.exec(range ?? "") ?? [];
  const partial =
    from !== undefined && !ignoreRange && (condition === undefined || condition === headers.etag);
  const start = partial ? Number(from) : 0;
  if (partial && start >= content.length) {
    response.writeHead(416, { ...headers, "content-range": `bytes */${content.length}` });
    response.end();
    return;
  }
  const body = content.subarray(start);
  response.writeHead(partial ? 206 : 200, {
    ...headers,
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
    "content-length": body.length,
    ...(partial && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  if (dropAfter !== undefined && dropAfter < body.length) {
    response.write(body.subarray(0, dropAfter), () => setTimeout(() => response.destroy(), 5));
    return;
  }
  if (slow === undefined) {
    response.end(body);
    return;
  }
  let at = 0;
  const piece = () => {
    if (response.destroyed) return;
    response.write(body.subarray(at, at + 4096));
    at += 4096;
    onPiece?.(at);
    if (at < body.length) setTimeout(piece, slow);
    else response.end();
  };
  piece();
}

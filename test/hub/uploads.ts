/** The part of the test hub that takes uploads: repositories, large files by LFS, commits. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { json, refuse, TOKEN } from "./answers.js";
import { commitTree, newRepository, type StoredFile, type StoredRepository, sha256 } from "./repositories.js";

export interface Uploads {
  /** LFS contents by sha256. */
  readonly objects: Map<string, Buffer>;
  readonly commits: {
    readonly repository: string;
    readonly title: string;
    readonly files: readonly string[];
  }[];
  /** Bytes of a part where large files are to come in parts. */
  multipart: number | undefined;
}

/** What uploads need of the hub. */
interface Hub {
  readonly repositories: Map<string, StoredRepository>;
  readonly uploads: Uploads;
  readonly url: string;
  readonly cdnUrl: string;
}

interface CommitLine {
  readonly key: "header" | "file" | "lfsFile" | "deletedFile";
  readonly value: {
    readonly summary?: string;
    readonly path?: string;
    readonly content?: string;
    readonly oid?: string;
  };
}

/** Answers what belongs to an upload; false for anything else. */
export async function uploadRoute(
  hub: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
): Promise<boolean> {
  const { method } = request;
  const object = /^\/lfs\/([0-9a-f]{64})(?:\/(\d+|complete|verify))?$/.exec(pathname);
  if (object !== null) {
    await takeObject(hub, request, response, object[1]!, object[2]);
    return true;
  }
  const preupload = /^\/api\/models\/(.+)\/preupload\/main$/.exec(pathname);
  const batch = /^\/(.+)\.git\/info\/lfs\/objects\/batch$/.exec(pathname);
  const commit = /^\/api\/models\/(.+)\/commit\/main$/.exec(pathname);
  const isUpload = preupload ?? batch ?? commit ?? ["/api/repos/create", "/api/whoami-v2"].includes(pathname);
  if (isUpload === false || (method !== "POST" && pathname !== "/api/whoami-v2")) return false;
  if (request.headers.authorization !== `Bearer ${TOKEN}`) {
    refuse(response, 401, undefined, "Invalid username or password.");
    return true;
  }
  const text = (await bodyOf(request)).toString("utf8");
  if (pathname === "/api/whoami-v2") json(response, { type: "user", name: "tester" });
  else if (pathname === "/api/repos/create") create(hub, response, JSON.parse(text));
  else if (preupload !== null) {
    const { files } = JSON.parse(text) as { files: { path: string }[] };
    json(response, {
      files: files.map(({ path }) => ({ path, uploadMode: /\.safetensors$/.test(path) ? "lfs" : "regular" })),
    });
  } else if (batch !== null) json(response, lfsBatch(hub, JSON.parse(text)));
  else if (commit !== null) takeCommit(hub, response, commit[1]!, text);
  return true;
}

function create(
  hub: Hub,
  response: ServerResponse,
  body: { name: string; organization: string; private?: boolean },
) {
  const name = `${body.organization}/${body.name}`;
  if (body.organization !== "tester")
    return refuse(
      response,
      403,
      undefined,
      `You don't have the rights to create a model under the namespace "${body.organization}"`,
    );
  if (hub.repositories.has(`model:${name}`))
    return refuse(response, 409, undefined, "You already created this model repo");
  const made = newRepository("model", name);
  made.private = body.private ?? false;
  hub.repositories.set(`model:${name}`, made);
  commitTree(made, new Map(), "main");
  json(response, { url: `${hub.url}/${name}`, name, id: "1" });
}

function lfsBatch(hub: Hub, body: { objects: { oid: string; size: number }[] }): object {
  const { objects, multipart } = hub.uploads;
  return {
    transfer: multipart === undefined ? "basic" : "multipart",
    objects: body.objects.map(({ oid, size }) => {
      if (objects.has(oid)) return { oid, size };
      if (multipart === undefined)
        return {
          oid,
          size,
          actions: {
            upload: { href: `${hub.cdnUrl}/lfs/${oid}` },
            verify: { href: `${hub.url}/lfs/${oid}/verify` },
          },
        };
      const parts = Array.from({ length: Math.ceil(size / multipart) }, (_, index) => [
        String(index + 1).padStart(5, "0"),
        `${hub.cdnUrl}/lfs/${oid}/${index + 1}`,
      ]);
      const header = { chunk_size: String(multipart), ...Object.fromEntries(parts) };
      return { oid, size, actions: { upload: { href: `${hub.url}/lfs/${oid}/complete`, header } } };
    }),
  };
}

const parts = new Map<string, Map<number, Buffer>>();

async function takeObject(
  { uploads }: Hub,
  request: IncomingMessage,
  response: ServerResponse,
  oid: string,
  what: string | undefined,
) {
  const body = await bodyOf(request);
  if (what === undefined || /^\d+$/.test(what)) {
    if (request.headers.authorization !== undefined)
      return refuse(response, 400, undefined, "Only one auth mechanism allowed");
    if (what === undefined) {
      if (sha256(body) !== oid) return refuse(response, 400, undefined, "content does not match its hash");
      uploads.objects.set(oid, body);
    } else parts.set(oid, (parts.get(oid) ?? new Map()).set(Number(what), body));
    response.writeHead(200, { etag: `"${sha256(body)}"` });
    response.end();
    return;
  }
  if (what === "complete") {
    const { parts: order } = JSON.parse(body.toString()) as { parts: { partNumber: number }[] };
    const whole = Buffer.concat(order.map(({ partNumber }) => parts.get(oid)!.get(partNumber)!));
    if (sha256(whole) !== oid) return refuse(response, 400, undefined, "content does not match its hash");
    uploads.objects.set(oid, whole);
  }
  json(response, {});
}

function takeCommit(hub: Hub, response: ServerResponse, name: string, text: string) {
  const repository = hub.repositories.get(`model:${name}`);
  if (repository === undefined) return refuse(response, 404, "RepoNotFound", "Repository not found");
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CommitLine);
  const tree = new Map<string, StoredFile>(repository.commits.get(repository.refs.get("main")!));
  const files: string[] = [];
  for (const { key, value } of lines) {
    if (key === "file")
      tree.set(value.path!, { content: Buffer.from(value.content!, "base64"), isLfs: false });
    if (key === "lfsFile") {
      const content = hub.uploads.objects.get(value.oid!);
      if (content === undefined)
        return refuse(response, 400, undefined, `LFS object ${value.oid} is missing`);
      tree.set(value.path!, { content, isLfs: true });
    }
    if (key === "file" || key === "lfsFile") files.push(value.path!);
  }
  const title = lines.find(({ key }) => key === "header")?.value.summary ?? "";
  hub.uploads.commits.push({ repository: name, title, files });
  const hash = commitTree(repository, tree, "main");
  json(response, {
    success: true,
    commitOid: hash,
    commitUrl: `${hub.url}/${name}/commit/${hash}`,
    hookOutput: "",
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

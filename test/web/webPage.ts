/** Serves examples/browser/ with an exported model, as a folder with its packages installed would. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const TYPES: Readonly<Record<string, string>> = {
  ...{ ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript" },
  ...{ ".json": "application/json", ".wasm": "application/wasm" },
};

export interface WebPage {
  readonly url: string;
  close(): void;
}

/** @param web the folder with the bundle of nerium/web */
export async function serveWebPage(model: string, web: string): Promise<WebPage> {
  const packages = join(root, "bench/transformers-js/node_modules");
  const places = [
    ["/models/my-model/", model],
    ["/node_modules/nerium/dist/web/", web],
    ["/node_modules/", packages],
    ["/", join(root, "examples/browser")],
  ] as const;
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url!, "http://a").pathname);
    const [prefix, folder] = places.find(([start]) => path.startsWith(start))!;
    const file = join(folder, path === "/" ? "index.html" : path.slice(prefix.length));
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

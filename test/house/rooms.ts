import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceFile } from "./imports.js";

const HEADING = "## Rooms, and which way imports point";

/** The floors of the house from top to bottom, as drawn in docs/architecture.md. */
export function floors(root: string): string[][] {
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const after = text.slice(text.indexOf(HEADING) + HEADING.length);
  const [drawing] = /(?:^ {4}\S.*\n)+/m.exec(after)!;
  return drawing
    .trimEnd()
    .split("\n")
    .map((line) => [...line.matchAll(/(\w+)\//g)].map(([, room]) => room!))
    .filter((rooms) => rooms.length > 0);
}

/**
 * Rooms that must not import from Node, and why. `strangers` are pairs of rooms of which the first must not
 * import the second.
 */
const pure: Readonly<Record<string, string>> = {
  evaluate: "tags in and figures out: whoever calls it reads and writes the files",
  graph: "turns tensors into bytes and touches no file, clock or process",
};
const strangers: readonly (readonly [string, string, string])[] = [
  ["graph", "runtime", "what passes between them is the bytes of an ONNX model"],
  ["serve", "cli", "the server is used without the command line"],
  ["serve", "quickstart", "the quickstart is the command line's alone"],
];

/** Pairs of rooms of which the first may import only types of one file of the second, and why. */
const acquaintances: readonly (readonly [string, string, string, string])[] = [
  [
    "runtime",
    "graph",
    "graph/profiles.ts",
    "an engine states its emission profile, all else that passes between them is the bytes of an ONNX model",
  ],
];

/**
 * Finds imports that are not allowed, each with the reason. Files outside of all rooms may import any room.
 */
export function wrongImports(files: readonly SourceFile[], order: readonly (readonly string[])[]): string[] {
  const floorOf = (room: string) => order.findIndex((rooms) => rooms.includes(room));
  const roomOf = (path: string) => (path.includes("/") ? path.split("/")[0]! : undefined);
  return files.flatMap(({ path, imports, values }) => {
    const own = roomOf(path);
    if (own === undefined) return [];
    if (floorOf(own) < 0) return [`${path} stands in ${own}/, which docs/architecture.md does not draw`];
    return imports.flatMap((name) => {
      if (name.startsWith("node:") && pure[own] !== undefined)
        return [`${path} imports ${name}: ${own}/ is pure, ${pure[own]}`];
      const other = name.endsWith(".ts") ? roomOf(name) : undefined;
      if (other === undefined || other === own) return [];
      const stranger = strangers.find(([from, to]) => from === own && to === other);
      if (stranger !== undefined) return [`${path} imports ${name}: ${stranger[2]}`];
      const known = acquaintances.find(([from, to]) => from === own && to === other);
      if (known !== undefined && (name !== known[2] || values.includes(name)))
        return [`${path} imports ${name}: only types of ${known[2]}, for ${known[3]}`];
      if (name.startsWith("runtime/engines/"))
        return [
          `${path} imports ${name}: whoever computes asks runtime/index.ts for an Engine, and knows none by name`,
        ];
      if (floorOf(other) >= floorOf(own)) return [];
      return [
        `${path} imports ${name}: imports point down only. A lower room that knows a higher one can no longer be used or tested without it`,
      ];
    });
  });
}

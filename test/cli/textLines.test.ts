import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textLines } from "../../src/cli/textLines.js";

async function linesOf(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const line of textLines(source)) lines.push(line);
  return lines;
}

describe("lines of text", () => {
  it("end at a line feed, with or without a carriage return", async () => {
    expect(await linesOf("a\r\nb\n\nc")).toEqual(["a", "b", "", "c"]);
    expect(await linesOf("a\n")).toEqual(["a"]);
    expect(await linesOf()).toEqual([]);
  });

  it("do not end at other separators, so that line numbers are those of other programs", async () => {
    expect(await linesOf("a\u2028b\u0085c\rd\n")).toEqual(["a\u2028b\u0085c\rd"]);
  });

  it("have no byte-order mark", async () => {
    expect(await linesOf(Buffer.from("\ufeffa\nb"))).toEqual(["a", "b"]);
  });

  it("are the same however the bytes come in pieces", async () => {
    const tokens = fc.tuple(fc.array(fc.string({ unit: "binary" })), fc.array(fc.nat(200)));
    await fc.assert(
      fc.asyncProperty(tokens, async ([parts, cuts]) => {
        const text = parts.join("\n").replaceAll("\ufeff", "");
        const bytes = Buffer.from(text);
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index]!, end));
        expect(await linesOf(...chunks)).toEqual(await linesOf(bytes));
      }),
    );
  });
});

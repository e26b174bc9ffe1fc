import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blocksFrom, blocksOf, type Line, linesIn, linesOf } from "../../../src/data/read/lines.js";

async function* inTurn(chunks: readonly (string | Uint8Array)[]) {
  yield* chunks;
}

async function linesFrom(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const lines: Line[] = [];
  for await (const line of linesIn(blocksFrom(inTurn(chunks), "f"))) lines.push(line);
  expect(lines.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 1));
  return lines.map(({ text }) => text);
}

const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

describe("lines", () => {
  it("end at a line feed, with or without a carriage return", async () => {
    expect(await linesFrom("a\r\nb\n\nc")).toEqual(["a", "b", "", "c"]);
    expect(await linesFrom("a\n")).toEqual(["a"]);
    expect(await linesFrom()).toEqual([]);
  });

  it("do not end at other separators, so that line numbers are those of other programs", async () => {
    expect(await linesFrom("a\u2028b\u0085c\rd\n")).toEqual(["a\u2028b\u0085c\rd"]);
  });

  it.each([
    ["UTF-8", Buffer.from("\ufeffé\n€😀\r\n")],
    ["UTF-16 LE", Buffer.from("\ufeffé\n€😀\r\n", "utf16le")],
    ["UTF-16 BE", utf16be("\ufeffé\n€😀\r\n")],
  ])("are read from %s with a byte order mark, which is no part of them", async (_, bytes) => {
    expect(Array.from(linesOf([bytes], "f"))).toEqual([
      { text: "é", number: 1 },
      { text: "€😀", number: 2 },
    ]);
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(await linesFrom(...single)).toEqual(["é", "€😀"]);
    expect(Array.from(blocksOf([bytes], "f"), ({ text }) => text).join("")).toBe("é\n€😀\r\n");
  });

  it.each([
    ["bytes that are not UTF-8", Buffer.from("a\nB\xe9\n", "latin1"), "DATA_ENCODING_INVALID", "f:2"],
    ["NUL bytes", Buffer.from("a\n\nb\0\n"), "DATA_FILE_BINARY", "f:3"],
    ["UTF-16 without a mark", Buffer.from("ab\n", "utf16le"), "DATA_FILE_BINARY", "f:1"],
    [
      "half a character in UTF-16",
      Buffer.from("\ufeffa\nb\ud800c\n", "utf16le"),
      "DATA_ENCODING_INVALID",
      "f:2",
    ],
    ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), "DATA_FILE_BINARY", "f:1"],
  ])("%s are refused with their line, in a file and in a stream", async (_, bytes, code, where) => {
    expect(() => [...linesOf([bytes], "f")]).toThrow(expect.objectContaining({ code, where }));
    await expect(linesFrom(bytes)).rejects.toMatchObject({ code, where });
  });

  it("are the same however the bytes come in pieces", async () => {
    const pieces = fc.tuple(fc.array(fc.string({ unit: "binary" }), { maxLength: 8 }), fc.array(fc.nat(200)));
    await fc.assert(
      fc.asyncProperty(pieces, async ([parts, cuts]) => {
        const text = parts.join("\n").replaceAll(/[\ufeff\0]/g, "");
        const bytes = Buffer.from(text);
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index]!, end));
        expect(await linesFrom(...chunks)).toEqual(await linesFrom(bytes));
      }),
    );
  });
});

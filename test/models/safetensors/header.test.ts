import { describe, expect, test } from "vitest";
import { isNeriumError } from "../../../src/errors.js";
import { type Header, headerLength, parseHeader } from "../../../src/models/safetensors/header.js";
import { entry, fileOf, threeTensors } from "./build.js";

function parse(file: Uint8Array): Header {
  const length = headerLength(file.subarray(0, 8), file.length, "x");
  return parseHeader(file.subarray(8, 8 + length), file.length, "x");
}

/** The rule that a file breaks, as the error names it. */
function broken(file: Uint8Array): string {
  try {
    parse(file);
  } catch (error) {
    if (isNeriumError(error) && error.code === "MODEL_SAFETENSORS_INVALID") return error.message;
    throw error;
  }
  throw new Error("the file was accepted");
}

const bytes = (count: number) => new Uint8Array(count);

describe("the length of the header", () => {
  test("files of 0 to 7 bytes are too short", () => {
    for (let size = 0; size < 8; size++) expect(broken(bytes(size))).toMatch(/too few/);
  });

  test("a length of 0, beyond the limit, beyond 2^63 or beyond the file is refused", () => {
    expect(broken(fileOf("{}", bytes(0), 0n))).toMatch(/does not begin with/);
    for (const length of [100_000_001n, 2n ** 63n, 2n ** 64n - 1n])
      expect(broken(fileOf("{}", bytes(0), length))).toMatch(/are allowed/);
    expect(broken(fileOf("{}", bytes(0), 3n))).toMatch(/and the file has 10/);
  });
});

describe("the file as a whole", () => {
  test("a good file gives its tensors and metadata", () => {
    const { tensors, metadata } = parse(threeTensors());
    expect([...metadata]).toEqual([["format", "pt"]]);
    expect([...tensors.keys()]).toEqual(["a", "b", "c"]);
    expect(tensors.get("a")).toMatchObject({ dtype: "F32", shape: [2, 2], byteLength: 16 });
  });

  test("every proper prefix of a good file is refused", () => {
    const file = threeTensors();
    for (let size = 0; size < file.length; size++) broken(file.subarray(0, size));
  });

  test("a trailing byte, a hole, an overlap and reversed offsets are refused", () => {
    expect(broken(Buffer.concat([threeTensors(), bytes(1)]))).toMatch(/end at byte/);
    expect(broken(fileOf(`{"a":${entry(0, 4, "[1]")},"b":${entry(5, 9, "[1]")}}`, bytes(9)))).toMatch(
      /hole or overlaps/,
    );
    expect(broken(fileOf(`{"a":${entry(0, 4, "[1]")},"b":${entry(0, 4, "[1]")}}`, bytes(4)))).toMatch(
      /hole or overlaps/,
    );
    expect(broken(fileOf(`{"a":${entry(4, 8, "[1]")}}`, bytes(8)))).toMatch(/hole or overlaps/);
    expect(broken(fileOf(`{"a":${entry(4, 0, "[1]")}}`, bytes(4)))).toMatch(/ends before it begins/);
  });

  test("offsets and sizes that are no plain counts are refused", () => {
    for (const wrong of ["-4", "4.0", "4e0", "9007199254740993", '"4"', "null", "[]"])
      expect(broken(fileOf(`{"a":${entry(0, wrong, "[1]")}}`, bytes(4)))).toMatch(/no two counts/);
    for (const wrong of ["[1.0]", "[-1]", '["1"]', "{}", "1", "[null]"])
      expect(broken(fileOf(`{"a":${entry(0, 4, wrong)}}`, bytes(4)))).toMatch(/no list of counts/);
  });

  test("tensors without elements and of rank 0 are allowed, also where they share an offset", () => {
    const header = `{"a":${entry(0, 4, "[]")},"b":${entry(4, 4, "[0]")},"c":${entry(4, 4, "[3,0]")},"d":${entry(4, 8, "[1,1]")}}`;
    expect(parse(fileOf(header, bytes(8))).tensors.size).toBe(4);
  });

  test("padding with spaces and entries in any order are allowed", () => {
    const header = `{"b":${entry(4, 8, "[1]")},"a":${entry(0, 4, "[1]")}}   `;
    expect([...parse(fileOf(header, bytes(8))).tensors.keys()]).toEqual(["a", "b"]);
  });
});

describe("types and shapes", () => {
  test("an unknown type, a misaligned one and a wrong size are refused", () => {
    for (const dtype of ["F31", "f32", "__proto__", "constructor", ""])
      expect(broken(fileOf(`{"a":${entry(0, 4, "[1]", dtype)}}`, bytes(4)))).toMatch(/no known dtype/);
    expect(broken(fileOf(`{"a":${entry(0, 1, "[1]", "F4")}}`, bytes(1)))).toMatch(/takes/);
    expect(broken(fileOf(`{"a":${entry(0, 1, "[1]", "F6_E2M3")}}`, bytes(1)))).toMatch(/takes/);
    expect(parse(fileOf(`{"a":${entry(0, 3, "[4]", "F6_E2M3")}}`, bytes(3))).tensors.size).toBe(1);
    expect(broken(fileOf(`{"a":${entry(0, 4, "[2]")}}`, bytes(4)))).toMatch(/takes/);
  });

  test("a shape whose product wraps around in 64 bits is refused", () => {
    // 4194305 · 4194305 · 211106198978564 ≡ 4 (mod 2^64)
    expect(broken(fileOf(`{"a":${entry(0, 16, "[4194305,4194305,211106198978564]")}}`, bytes(16)))).toMatch(
      /takes/,
    );
    expect(broken(fileOf(`{"a":${entry(0, 0, "[9007199254740991,9007199254740991,0]")}}`))).toMatch(/takes/);
  });
});

describe("the text of the header", () => {
  test("duplicate keys are refused at every level", () => {
    const a = entry(0, 4, "[1]");
    expect(broken(fileOf(`{"a":${a},"a":${a}}`, bytes(4)))).toMatch(/second time/);
    expect(broken(fileOf(`{"a":${a},"\\u0061":${a}}`, bytes(4)))).toMatch(/second time/);
    expect(
      broken(fileOf('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4))),
    ).toMatch(/second time/);
    expect(broken(fileOf('{"__metadata__":{"x":"1","x":"2"}}'))).toMatch(/second time/);
  });

  test("names that mean something to JavaScript are names like any other", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", ""];
    const header = `{${names.map((name, i) => `"${name}":${entry(i * 4, i * 4 + 4, "[1]")}`)}}`;
    expect([...parse(fileOf(header, bytes(20))).tensors.keys()]).toEqual(names);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  test("metadata holds strings only", () => {
    for (const metadata of ['{"a":1}', '{"a":null}', '{"a":{}}', "[]", '"pt"', "null"])
      expect(broken(fileOf(`{"__metadata__":${metadata}}`))).toMatch(/__metadata__/);
  });

  test("invalid UTF-8, lone surrogates, a byte-order mark and NUL in a name are refused", () => {
    const a = entry(0, 4, "[1]");
    expect(
      broken(
        fileOf(Buffer.concat([Buffer.from('{"'), Uint8Array.of(0xff), Buffer.from(`":${a}}`)]), bytes(4)),
      ),
    ).toMatch(/UTF-8/);
    expect(broken(fileOf(`{"\\ud800":${a}}`, bytes(4)))).toMatch(/surrogate/);
    expect(broken(fileOf(`\ufeff{"a":${a}}`, bytes(4)))).toMatch(/does not begin/);
    expect(broken(fileOf(`{"\\u0000":${a}}`, bytes(4)))).toMatch(/NUL/);
    expect(broken(fileOf(`{"a\u0001":${a}}`, bytes(4)))).toMatch(/broken string/);
  });

  test("broken JSON is named with its place", () => {
    for (const text of [
      "{",
      '{"a"}',
      '{"a":}',
      "{,}",
      '{"a":1,}',
      "{}x",
      "{'a':1}",
      '{"a":01}',
      '{"a',
      '{"a\\',
      '{"\\x":1}',
      '{"a":tru}',
      '{"a":-}',
      '{"a":[1 2]}',
    ])
      expect(broken(fileOf(text))).toMatch(/at character|is no object/);
    expect(broken(fileOf(`{"a":${"[".repeat(100_000)}`))).toMatch(/too deeply/);
    expect(broken(fileOf(" {}"))).toMatch(/does not begin/);
  });
});

describe("hostile sizes", () => {
  const timed = (file: Uint8Array) => {
    const start = performance.now();
    const message = broken(file);
    expect(performance.now() - start).toBeLessThan(4_000);
    return message;
  };

  test("100,000 tensors are read in time and one more is refused", () => {
    const header = (count: number) =>
      `{${Array.from({ length: count }, (_, i) => `"encoder.layer.${i}":${entry(i * 4, i * 4 + 4, "[1]")}`)}}`;
    const file = fileOf(header(100_000), bytes(400_000));
    const start = performance.now();
    expect(parse(file).tensors.size).toBe(100_000);
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(timed(fileOf(header(100_001), bytes(400_004)))).toMatch(/are allowed/);
  });

  test("a long string, long white space and a long number do not break the reader, nor fill the message", () => {
    const million = 5_000_000;
    expect(timed(fileOf(`{"${"x".repeat(million)}":1}`)).length).toBeLessThan(500);
    expect(timed(fileOf(`{"${"\\n".repeat(million)}`)).length).toBeLessThan(500);
    expect(timed(fileOf(`{${" ".repeat(million)}`)).length).toBeLessThan(500);
    expect(timed(fileOf(`{"a":${"1".repeat(million)}}`)).length).toBeLessThan(500);
    expect(timed(fileOf(`{"a":[${"{},".repeat(million / 2)}`))).toMatch(/too many/);
    expect(timed(fileOf(`{"a":[${"1,".repeat(million)}`))).toMatch(/too many/);
  });
});

describe("mutated files", () => {
  test("20,000 mutations of good files give a header or a NeriumError, and nothing else", () => {
    const seeds = [threeTensors(), fileOf("{}"), fileOf(`{"a":${entry(0, 4, "[]")}}  `, bytes(4))];
    const tokens = [
      "{",
      "}",
      "[",
      "]",
      '"',
      ",",
      ":",
      "0",
      "9",
      "-",
      "e",
      ".",
      "\\",
      "\\u",
      "\0",
      "\ufeff",
      "null",
      '"a"',
      "18446744073709551616",
    ];
    let state = 1;
    // A small fixed generator: a failure can be run again.
    const below = (n: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const start = performance.now();
    let accepted = 0;
    for (let round = 0; round < 20_000; round++) {
      let file = Buffer.from(seeds[below(seeds.length)]!);
      for (let edits = 1 + below(4); edits > 0; edits--) {
        const at = below(file.length + 1);
        const kind = below(4);
        if (kind === 0 && at < file.length) file[at] = below(256);
        else if (kind === 1) file = file.subarray(0, at);
        else if (kind === 2) file = Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + below(4))]);
        else
          file = Buffer.concat([
            file.subarray(0, at),
            Buffer.from(tokens[below(tokens.length)]!),
            file.subarray(at),
          ]);
        // Keep the length true now and then, so that mutations of the text are reached.
        if (file.length >= 8 && below(2) === 0)
          file.writeBigUInt64LE(BigInt(Math.max(0, file.length - 8 - 4 * below(11))));
      }
      try {
        parse(file);
        accepted++;
      } catch (error) {
        if (!isNeriumError(error)) throw error;
      }
    }
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(accepted).toBeLessThan(4_000);
  });
});

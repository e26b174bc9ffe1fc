import { describe, expect, test } from "vitest";
import { isNeriumError } from "../../src/errors.js";
import { type Header, headerLength, parseHeader } from "../../src/safetensors/header.js";
import { growth, LINEAR } from "../growth.js";
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
  test("T1: files of 0 to 7 bytes are too short", () => {
    for (let size = 0; size < 8; size++) expect(broken(bytes(size))).toMatch(/too few/);
  });

  test("T1: a length of 0, beyond the limit, beyond 2^63 or beyond the file is refused", () => {
    expect(broken(fileOf("{}", bytes(0), 0n))).toMatch(/does not start with/);
    for (const length of [100_000_001n, 2n ** 63n, 2n ** 64n - 1n])
      expect(broken(fileOf("{}", bytes(0), length))).toMatch(/are allowed/);
    expect(broken(fileOf("{}", bytes(0), 3n))).toMatch(/but the file has only 10/);
  });
});

describe("the file as a whole", () => {
  test("a good file gives its tensors and metadata", () => {
    const { tensors, metadata } = parse(threeTensors());
    expect([...metadata]).toEqual([["format", "pt"]]);
    expect([...tensors.keys()]).toEqual(["a", "b", "c"]);
    expect(tensors.get("a")).toMatchObject({ dtype: "F32", shape: [2, 2], byteLength: 16 });
  });

  test("T2: every proper prefix of a good file is refused", () => {
    const file = threeTensors();
    for (let size = 0; size < file.length; size++) broken(file.subarray(0, size));
  });

  test("T3: a trailing byte, a hole, an overlap and reversed offsets are refused", () => {
    expect(broken(Buffer.concat([threeTensors(), bytes(1)]))).toMatch(/end at byte/);
    expect(broken(fileOf(`{"a":${entry(0, 4, "[1]")},"b":${entry(5, 9, "[1]")}}`, bytes(9)))).toMatch(
      /gap or overlaps/,
    );
    expect(broken(fileOf(`{"a":${entry(0, 4, "[1]")},"b":${entry(0, 4, "[1]")}}`, bytes(4)))).toMatch(
      /gap or overlaps/,
    );
    expect(broken(fileOf(`{"a":${entry(4, 8, "[1]")}}`, bytes(8)))).toMatch(/gap or overlaps/);
    expect(broken(fileOf(`{"a":${entry(4, 0, "[1]")}}`, bytes(4)))).toMatch(/ends before it begins/);
  });

  test("T3: offsets and sizes that are no plain counts are refused", () => {
    for (const wrong of ["-4", "4.0", "4e0", "9007199254740993", '"4"', "null", "[]"])
      expect(broken(fileOf(`{"a":${entry(0, wrong, "[1]")}}`, bytes(4)))).toMatch(/not two offsets/);
    for (const wrong of ["[1.0]", "[-1]", '["1"]', "{}", "1", "[null]"])
      expect(broken(fileOf(`{"a":${entry(0, 4, wrong)}}`, bytes(4)))).toMatch(/not a list of at most/);
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
  test("T4: an unknown type, a misaligned one and a wrong size are refused", () => {
    for (const dtype of ["F31", "f32", "__proto__", "constructor", ""])
      expect(broken(fileOf(`{"a":${entry(0, 4, "[1]", dtype)}}`, bytes(4)))).toMatch(/no known dtype/);
    expect(broken(fileOf(`{"a":${entry(0, 1, "[1]", "F4")}}`, bytes(1)))).toMatch(/does not match its shape/);
    expect(broken(fileOf(`{"a":${entry(0, 1, "[1]", "F6_E2M3")}}`, bytes(1)))).toMatch(
      /does not match its shape/,
    );
    expect(parse(fileOf(`{"a":${entry(0, 3, "[4]", "F6_E2M3")}}`, bytes(3))).tensors.size).toBe(1);
    expect(broken(fileOf(`{"a":${entry(0, 4, "[2]")}}`, bytes(4)))).toMatch(/does not match its shape/);
  });

  test("T4: a shape whose product wraps around in 64 bits is refused", () => {
    // 4194305 · 4194305 · 211106198978564 ≡ 4 (mod 2^64)
    expect(broken(fileOf(`{"a":${entry(0, 16, "[4194305,4194305,211106198978564]")}}`, bytes(16)))).toMatch(
      /does not match its shape/,
    );
    expect(broken(fileOf(`{"a":${entry(0, 0, "[9007199254740991,9007199254740991,0]")}}`))).toMatch(
      /does not match its shape/,
    );
  });
});

describe("the text of the header", () => {
  test("T5: duplicate keys are refused at every level", () => {
    const a = entry(0, 4, "[1]");
    expect(broken(fileOf(`{"a":${a},"a":${a}}`, bytes(4)))).toMatch(/duplicate key/);
    expect(broken(fileOf(`{"a":${a},"\\u0061":${a}}`, bytes(4)))).toMatch(/duplicate key/);
    expect(
      broken(fileOf('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4))),
    ).toMatch(/duplicate key/);
    expect(broken(fileOf('{"__metadata__":{"x":"1","x":"2"}}'))).toMatch(/duplicate key/);
  });

  test("T5: names that mean something to JavaScript are names like any other", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", ""];
    const header = `{${names.map((name, i) => `"${name}":${entry(i * 4, i * 4 + 4, "[1]")}`)}}`;
    expect([...parse(fileOf(header, bytes(20))).tensors.keys()]).toEqual(names);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  test("T5: metadata holds strings only", () => {
    for (const metadata of ['{"a":1}', '{"a":null}', '{"a":{}}', "[]", '"pt"', "null"])
      expect(broken(fileOf(`{"__metadata__":${metadata}}`))).toMatch(/__metadata__/);
  });

  test("T5: invalid UTF-8, lone surrogates, a byte-order mark and NUL in a name are refused", () => {
    const a = entry(0, 4, "[1]");
    expect(
      broken(
        fileOf(Buffer.concat([Buffer.from('{"'), Uint8Array.of(0xff), Buffer.from(`":${a}}`)]), bytes(4)),
      ),
    ).toMatch(/UTF-8/);
    expect(broken(fileOf(`{"\\ud800":${a}}`, bytes(4)))).toMatch(/surrogate/);
    expect(broken(fileOf(`\ufeff{"a":${a}}`, bytes(4)))).toMatch(/does not start/);
    expect(broken(fileOf(`{"\\u0000":${a}}`, bytes(4)))).toMatch(/NUL/);
    expect(broken(fileOf(`{"a\u0001":${a}}`, bytes(4)))).toMatch(/invalid string/);
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
      expect(broken(fileOf(text))).toMatch(/at character|is not an object/);
    const unknown = (value: string) => fileOf(`{"a":{"unknown":${value}`);
    expect(broken(unknown("[".repeat(100_000)))).toMatch(/too deeply/);
    expect(broken(unknown('{"a":'.repeat(100_000)))).toMatch(/too deeply/);
    expect(broken(fileOf(" {}"))).toMatch(/does not start/);
  });
});

/** A message that does not repeat what it refuses. */
const SHORT = /^.{0,499}$/s;

describe("hostile sizes", () => {
  const header = (count: number) =>
    `{${Array.from({ length: count }, (_, i) => `"encoder.layer.${i}":${entry(i * 4, i * 4 + 4, "[1]")}`)}}`;

  test("T6: ten times the tensors take ten times the work, up to 100,000, and one more is refused", async () => {
    const read = (count: number) =>
      expect(parse(fileOf(header(count), bytes(count * 4))).tensors.size).toBe(count);
    expect(await growth(read, 100_000)).toBeLessThan(LINEAR);
    expect(broken(fileOf(header(100_001), bytes(400_004)))).toMatch(/more than 100000 tensors/);
  });

  test.each<[string, (length: number) => string, RegExp]>([
    ["a long string", (length) => `{"${"x".repeat(length)}":1}`, SHORT],
    ["a string that is not closed", (length) => `{"${"\\n".repeat(length)}`, SHORT],
    ["long white space", (length) => `{${" ".repeat(length)}`, SHORT],
    ["a long number", (length) => `{"a":${"1".repeat(length)}}`, SHORT],
    ["empty objects", (length) => `{"a":{"unknown":[${"{},".repeat(length / 2)}`, /too many unknown values/],
    ["numbers", (length) => `{"a":{"unknown":[${"1,".repeat(length)}`, /too many unknown values/],
    ["a shape", (length) => `{"a":{"shape":[${"1,".repeat(length)}`, /not a list of at most/],
  ])(
    "T6: %s is refused in a short message, ten times of it in ten times the work",
    async (_, text, message) => {
      const length = 5_000_000;
      expect(broken(fileOf(text(length)))).toMatch(message);
      expect(await growth((part) => broken(fileOf(text(part))), length)).toBeLessThan(LINEAR);
    },
  );

  test("T6: more metadata than is allowed is refused", () => {
    const entries = Array.from({ length: 10_001 }, (_, i) => `"${i}":""`);
    expect(broken(fileOf(`{"__metadata__":{${entries}}}`))).toMatch(/__metadata__ has more than/);
  });
});

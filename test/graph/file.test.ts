import { fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  add,
  emit,
  externalWeights,
  fileWithWeights,
  input,
  standard,
  weight,
} from "../../src/graph/index.js";
import { ModelProtoSchema, TensorProto_DataLocation } from "../../src/graph/onnx/onnx_pb.js";

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

test("weights of any length stand in the file as raw data, and all else is as it was", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }),
      async (sizes) => {
        const x = input("x", "float32", [1]);
        const weights = sizes.map((size, index) => weight(`w${index}`, "float32", [size]));
        const outputs = Object.fromEntries(weights.map((w, index) => [`y${index}`, add(x, w)]));
        const model = emit(outputs, { profile: standard });
        const values = sizes.map((size, index) => Float32Array.from({ length: size }, (_, at) => index + at));
        expect(externalWeights(model)).toEqual(sizes.map((_, index) => `w${index}`));
        async function* inOrder() {
          for (const each of values) yield new Uint8Array(each.buffer);
        }
        const file = await bytesOf(
          fileWithWeights(model, (name) => sizes[Number(name.slice(1))]! * 4, inOrder()),
        );
        const before = fromBinary(ModelProtoSchema, model);
        const after = fromBinary(ModelProtoSchema, file);
        expect(after.graph!.node).toEqual(before.graph!.node);
        expect(after.opsetImport).toEqual(before.opsetImport);
        const stored = after.graph!.initializer.filter(({ name }) => name.startsWith("w"));
        expect(stored.map(({ dataLocation }) => dataLocation)).toEqual(
          sizes.map(() => TensorProto_DataLocation.DEFAULT),
        );
        for (const [index, { rawData }] of stored.entries())
          expect(Buffer.from(rawData).equals(Buffer.from(values[index]!.buffer))).toBe(true);
      },
    ),
    { numRuns: 30 },
  ));

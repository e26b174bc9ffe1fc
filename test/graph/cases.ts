/** A case for every operation: its inputs, and a graph that uses it. */
import { gradient, input, multiply, sum, type Tensor } from "../../src/graph/index.js";
import * as ops from "../../src/graph/ops/index.js";
import type { Value } from "./run.js";

/** Small numbers that are the same for the same seed (mulberry32). */
export function numbers(seed: number) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    size: (from: number, to: number) => from + Math.floor(uniform() * (to - from + 1)),
    value: () => (uniform() - 0.5) * 3,
  };
}
export type Random = ReturnType<typeof numbers>;

export interface Case {
  /** Inputs by name; those with `whole` are indices or masks and have no gradient. */
  readonly inputs: Readonly<
    Record<string, Value & { readonly type?: "int64" | "uint8" | "int8"; readonly fixed?: boolean }>
  >;
  readonly build: (x: Readonly<Record<string, Tensor>>) => Tensor | readonly Tensor[];
}
export type MakeCase = (random: Random) => Case;

export const floats = (random: Random, dims: number[], map = (x: number) => x): Value => ({
  dims,
  values: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => map(random.value())),
});
const whole = (values: number[], dims = [values.length], type: "int64" | "uint8" | "int8" = "int64") => ({
  dims,
  values,
  type,
});
const awayFromZero = (x: number) => x + Math.sign(x) * 0.3;
const positive = (x: number) => Math.abs(x) + 0.5;

const unary =
  (f: (x: Tensor) => Tensor, map?: (x: number) => number): MakeCase =>
  (random) => ({
    inputs: { x: floats(random, [random.size(1, 4), random.size(1, 5)], map) },
    build: ({ x }) => f(x!),
  });
const binary = (f: (a: Tensor, b: Tensor) => Tensor, map?: (x: number) => number): MakeCase[] => {
  const shapes: ((n: number, m: number) => [number[], number[]])[] = [
    (n, m) => [
      [n, m],
      [n, m],
    ],
    (n, m) => [[n, m], [m]],
    (n, m) => [
      [n, 1],
      [n, m],
    ],
    (n, m) => [
      [2, n, 1],
      [n, m],
    ],
    (n, m) => [[n, m], []],
  ];
  return shapes.map((shape) => (random) => {
    const [a, b] = shape(random.size(2, 4), random.size(2, 4));
    return { inputs: { a: floats(random, a), b: floats(random, b, map) }, build: (x) => f(x.a!, x.b!) };
  });
};
const matrices =
  (
    f: (a: Tensor, b: Tensor, options: { transposeA: boolean; transposeB: boolean }) => Tensor,
    batch: number[],
  ) =>
  (transposeA: boolean, transposeB: boolean): MakeCase =>
  (random) => {
    const [n, k, m] = [random.size(1, 4), random.size(1, 4), random.size(1, 4)];
    return {
      inputs: {
        a: floats(random, [...batch, ...(transposeA ? [k, n] : [n, k])]),
        b: floats(random, [...batch, ...(transposeB ? [m, k] : [k, m])]),
      },
      build: ({ a, b }) => f(a!, b!, { transposeA, transposeB }),
    };
  };
const allTransposes = (make: (a: boolean, b: boolean) => MakeCase) =>
  [false, true].flatMap((a) => [false, true].map((b) => make(a, b)));

export const cases: Readonly<Record<string, MakeCase | readonly MakeCase[]>> = {
  addOp: binary(ops.add),
  subtractOp: binary(ops.subtract),
  multiplyOp: binary(ops.multiply),
  divideOp: binary(ops.divide, awayFromZero),
  negateOp: unary(ops.negate),
  expOp: unary(ops.exp),
  sqrtOp: unary(ops.sqrt, positive),
  erfOp: unary(ops.erf),
  reluOp: unary(ops.relu, awayFromZero),
  stepOp: unary((x) => multiply(x, ops.step(x)), awayFromZero),
  tanhOp: unary(ops.tanh),
  geluOp: unary(ops.gelu),
  geluTanhOp: unary(ops.geluTanh),
  siluOp: unary(ops.silu),
  sigmoidOp: unary(ops.sigmoid),
  softmaxOp: unary(ops.softmax),
  logSoftmaxOp: unary(ops.logSoftmax),
  matmulOp: allTransposes(matrices((a, b, options) => ops.matmul(a, b, { ...options, alpha: 0.7 }), [2, 3])),
  gemmOp: allTransposes(matrices(ops.gemm, [])),
  linearOp: [true, false].map((hasBias) => (random) => {
    const [n, from, to] = [random.size(1, 4), random.size(1, 4), random.size(1, 4)];
    return {
      inputs: {
        x: floats(random, [n, from]),
        w: floats(random, [to, from]),
        ...(hasBias && { b: floats(random, [to]) }),
      },
      build: ({ x, w, b }) => ops.linear(x!, w!, b),
    };
  }),
  sumOp: [unary((x) => sum(x)), unary((x) => sum(x, [0])), unary((x) => sum(x, [-1], true))],
  meanOp: unary(ops.meanOfLast),
  sumOfSquaresOp: unary(ops.sumOfSquares),
  reshapeOp: (random) => {
    const [a, b] = [random.size(1, 4), random.size(1, 4)];
    return { inputs: { x: floats(random, [a, 2 * b]) }, build: ({ x }) => ops.reshape(x!, [a, 2, b]) };
  },
  splitOp: (random) => ({
    inputs: { x: floats(random, [random.size(1, 3), 6]) },
    // The middle part is not used: its gradient is zero.
    build: ({ x }) => {
      const parts = ops.split(x!, 3);
      return [parts[0]!, parts[2]!];
    },
  }),
  concatOp: (random) => {
    const dims = [random.size(1, 3), random.size(1, 3)];
    return {
      inputs: { a: floats(random, dims), b: floats(random, dims) },
      build: ({ a, b }) => ops.concat([a!, b!, a!]),
    };
  },
  expandOp: (random) => ({
    inputs: { x: floats(random, [1, random.size(1, 3)]), like: { ...floats(random, [3, 1]), fixed: true } },
    build: ({ x, like }) => ops.expandLike(x!, multiply(x!, like!)),
  }),
  // For weights, which are not trained in that form.
  stackOp: (random) => {
    const dims = [2, random.size(1, 3)];
    const part = { ...floats(random, dims), fixed: true };
    return {
      inputs: {
        y: floats(random, [4, dims[1]!]),
        a: part,
        b: { ...part, values: floats(random, dims).values },
      },
      build: ({ y, a, b }) => multiply(y!, ops.stack([a!, b!])),
    };
  },
  unflattenOp: (random) => {
    const [n, m] = [random.size(1, 3), random.size(1, 3)];
    return {
      inputs: { x: floats(random, [n * m, 2]), like: { ...floats(random, [n, m]), fixed: true } },
      build: ({ x, like }) => ops.unflatten(x!, like!),
    };
  },
  transposeOp: (random) => ({
    inputs: { x: floats(random, [random.size(1, 3), 2, random.size(1, 3)]) },
    build: ({ x }) => ops.transpose(x!, [1, 2, 0]),
  }),
  castOp: (random) => ({
    inputs: { x: floats(random, [3]), whole: whole([2, 0, 5]) },
    build: ({ x, whole }) => multiply(x!, ops.cast(whole!, "float32")),
  }),
  differsFromOp: (random) => ({
    inputs: { x: floats(random, [3]), whole: whole([2, 0, 5]) },
    build: ({ x, whole }) => multiply(x!, ops.cast(ops.differsFrom(whole!, 5), "float32")),
  }),
  placesOp: (random) => ({
    inputs: { x: floats(random, [2, random.size(1, 4)]) },
    build: ({ x }) => multiply(x!, ops.cast(ops.places(x!), "float32")),
  }),
  cumulativeSumOp: (random) => ({
    inputs: { x: floats(random, [2, 3]), whole: whole([1, 1, 0, 2, 0, 1], [2, 3]) },
    build: ({ x, whole }) => multiply(x!, ops.cast(ops.cumulativeSum(whole!, 1), "float32")),
  }),
  // Weights of 8 bits are for finished models: their products are read, not trained through.
  dynamicLinearOp: [true, false].map((hasBias) => (random) => ({
    inputs: {
      y: floats(random, [2, 3]),
      x: { ...floats(random, [2, 4]), fixed: true },
      w: whole([1, -128, 3, 127, 0, 64, -5, 7, 100, 2, 2, -90], [4, 3], "int8"),
      scale: { dims: [3], values: [0.01, 0.02, 0.03], fixed: true },
      ...(hasBias && { b: { ...floats(random, [3]), fixed: true } }),
    },
    build: ({ y, x, w, scale, b }) => multiply(y!, ops.dynamicLinear(x!, w!, scale!, b)),
  })),
  blockLinearOp: [true, false].map((hasBias) => (random) => ({
    inputs: {
      y: floats(random, [2, 3]),
      x: { ...floats(random, [2, 20]), fixed: true },
      w: whole(
        Array.from({ length: 96 }, () => random.size(1, 255)),
        [3, 2, 16],
        "uint8",
      ),
      scales: { dims: [6], values: [0.01, 0.02, 0.03, 0.01, 0.02, 0.03], fixed: true },
      ...(hasBias && { b: { ...floats(random, [3]), fixed: true } }),
    },
    build: ({ y, x, w, scales, b }) => multiply(y!, ops.blockLinear(x!, w!, scales!, b)),
  })),
  repeatOp: (random) => {
    const [n, d] = [random.size(1, 3), random.size(1, 3)];
    return { inputs: { x: floats(random, [n, 2 * d]) }, build: ({ x }) => ops.repeatParts(x!, 2, 3) };
  },
  shiftPlacesOp: [-2, -1, 1, 2].map((offset) => (random) => ({
    inputs: { x: floats(random, [2, random.size(2, 4), 2]) },
    build: ({ x }) => ops.shiftPlaces(x!, offset),
  })),
  rotaryAnglesOp: (random) => ({
    inputs: { x: floats(random, [4, 2]), positions: whole([0, 1, 2, 8000]) },
    build: ({ x, positions }) => {
      const { cos, sin } = ops.rotaryAngles(positions!, [1, 0.01]);
      return [multiply(x!, cos), multiply(x!, sin)];
    },
  }),
  rotateOp: (random) => {
    // The fused operator needs heads whose width is a multiple of 8.
    const [n, heads] = [random.size(1, 3), random.size(1, 2)];
    return {
      inputs: {
        x: floats(random, [n, heads * 8]),
        cos: { ...floats(random, [n, 4]), fixed: true },
        sin: { ...floats(random, [n, 4]), fixed: true },
      },
      build: ({ x, cos, sin }) => ops.rotate(x!, { cos: cos!, sin: sin! }),
    };
  },
  distancesOp: (random) => ({
    inputs: { x: floats(random, [6]), like: { ...floats(random, [2, 3]), fixed: true } },
    build: ({ x, like }) => multiply(x!, ops.cast(ops.distances(like!, 1, 2), "float32")),
  }),
  skewOp: (random) => {
    const n = random.size(1, 4);
    return { inputs: { x: floats(random, [2, 1, n, 2 * n]) }, build: ({ x }) => ops.skew(x!) };
  },
  unskewOp: (random) => {
    const n = random.size(1, 4);
    return { inputs: { x: floats(random, [2, 1, n, n]) }, build: ({ x }) => ops.unskew(x!) };
  },
  bandOp: (random) => ({
    inputs: { x: floats(random, [4, 4]), like: { ...floats(random, [4]), fixed: true } },
    build: ({ x, like }) => ops.softmax(ops.add(x!, ops.band(like!, 0, 1))),
  }),
  zerosLikeOp: unary((x) => ops.add(x, ops.zerosLike(x))),
  gatherRowsOp: [
    // A padded form with repeated rows, undone: what the padding holds is masked out, as attention does.
    (random) => ({
      inputs: {
        x: floats(random, [3, random.size(1, 3)]),
        index: whole([0, 1, 2, 0], [2, 2]),
        inverse: whole([0, 1, 2]),
        mask: { ...floats(random, [2, 2, 1]), values: [1, 1, 1, 0], fixed: true },
      },
      build: ({ x, index, inverse, mask }) =>
        multiply(ops.gatherRows(x!, { index: index!, inverse: inverse! }), mask!),
    }),
    (random) => ({
      inputs: {
        x: floats(random, [4, random.size(1, 3)]),
        index: whole([3, 1]),
        inverse: whole([0, 1, 0, 0]),
        mask: { dims: [4, 1], values: [0, 1, 0, 1], fixed: true },
      },
      build: ({ x, index, inverse, mask }) =>
        ops.gatherRows(x!, { index: index!, inverse: inverse!, mask: mask! }),
    }),
    // Windows that share rows: the gradient of a row is the sum over its copies.
    (random) => ({
      inputs: {
        x: floats(random, [3, random.size(1, 3)]),
        index: whole([0, 1, 1, 2], [2, 2]),
        inverse: whole([0, 1, 3, 0, 2, 0], [2, 3]),
        mask: { dims: [2, 3, 1], values: [1, 1, 1, 0, 1, 0], fixed: true },
      },
      build: ({ x, index, inverse, mask }) =>
        ops.gatherRows(x!, { index: index!, inverse: inverse!, mask: mask! }),
    }),
    // Out of a padded form.
    (random) => ({
      inputs: {
        x: floats(random, [2, 2, random.size(1, 3)]),
        index: whole([0, 1, 2]),
        inverse: whole([0, 1, 2, 0], [2, 2]),
        mask: { dims: [2, 2, 1], values: [1, 1, 1, 0], fixed: true },
      },
      build: ({ x, index, inverse, mask }) =>
        ops.gatherRows(x!, { index: index!, inverse: inverse!, mask: mask! }),
    }),
  ],
  gatherOp: (random) => ({
    inputs: {
      x: { ...floats(random, [3, 2]), fixed: true },
      y: floats(random, [4, 2]),
      index: whole([2, 0, 2, 1]),
    },
    build: ({ x, y, index }) => multiply(ops.gather(x!, index!), y!),
  }),
  embeddingOp: (random) => ({
    inputs: {
      table: floats(random, [5, random.size(1, 4)]),
      indices: whole([4, 0, 4, 2, 4, 0]),
      distinct: whole([4, 0, 2]),
    },
    build: ({ table, indices, distinct }) => ops.embedding(table!, indices!, distinct!),
  }),
  lookupOp: (random) => ({
    inputs: { table: floats(random, [3, random.size(1, 4)]), indices: whole([2, 0, 2, 2, 0]) },
    build: ({ table, indices }) => ops.lookup(table!, indices!),
  }),
  // The two halves of embedding's gradient: covered by its case, differentiable by nobody.
  sumRowsOp: [],
  placeRowsOp: [],
  layerNormOp: [true, false].map((hasBias) => (random) => {
    const [n, h] = [random.size(1, 4), random.size(3, 6)];
    return {
      inputs: {
        x: floats(random, [n, h]),
        w: floats(random, [h]),
        ...(hasBias && { b: floats(random, [h]) }),
      },
      build: ({ x, w, b }) => ops.layerNorm(x!, w!, b, 1e-5),
    };
  }),
  rmsNormOp: (random) => {
    const [n, h] = [random.size(1, 4), random.size(3, 6)];
    return {
      inputs: { x: floats(random, [n, h]), w: floats(random, [h]) },
      build: ({ x, w }) => ops.rmsNorm(x!, w!, 1e-5),
    };
  },
  dropoutOp: (random) => {
    const n = random.size(2, 5);
    const kept = Array.from({ length: 2 * n }, () => Number(random.uniform() > 0.4));
    return {
      inputs: { x: floats(random, [2, n]), mask: whole(kept, [2, n], "uint8") },
      build: ({ x, mask }) => ops.dropout(x!, mask!, 0.4),
    };
  },
};

/** Yields the cases of an operation, three shapes of each, with the same numbers every time. */
export function* casesOf(name: string): Generator<{ readonly each: Case; readonly random: Random }> {
  const random = numbers(name.length * 7919 + name.charCodeAt(0));
  for (const make of [cases[name]!].flat())
    for (let shape = 0; shape < 3; shape++) yield { each: make(random), random };
}

/**
 * The graph of a case with the gradient of every input that has one, and what to feed it. The names of its inputs and outputs
 * begin with `prefix`.
 */
export function withGradients({ inputs, build }: Case, random: Random, prefix = "") {
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, { dims, type }]) => [
      name,
      input(prefix + name, type ?? "float32", dims),
    ]),
  );
  const built = build(tensors);
  const outputs = "node" in built ? [built] : [...built];
  // A random weighting of every output element, so that no error in one cancels another's.
  const weightings = outputs.map((y, index) => input(`${prefix}weighting.${index}`, "float32", y.shape));
  const loss = outputs.map((y, index) => sum(multiply(y, weightings[index]!))).reduce(ops.add);
  const varied = Object.keys(inputs).filter(
    (name) => inputs[name]!.type === undefined && !inputs[name]!.fixed,
  );
  const gradients = gradient(
    loss,
    varied.map((name) => tensors[name]!),
  );
  const feeds: Record<string, Value> = Object.fromEntries([
    ...Object.entries(inputs).map(([name, value]) => [prefix + name, value] as const),
    ...outputs.map(
      (y, index) => [`${prefix}weighting.${index}`, floats(random, y.shape as number[])] as const,
    ),
  ]);
  const graph: Record<string, Tensor> = {
    [`${prefix}loss`]: loss,
    ...Object.fromEntries(outputs.map((y, index) => [`${prefix}output.${index}`, y])),
    ...Object.fromEntries(varied.map((name, index) => [`${prefix}gradient.${name}`, gradients[index]!])),
  };
  return { graph, feeds, outputs, varied };
}

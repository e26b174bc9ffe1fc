/** Rotary position embeddings (https://arxiv.org/abs/2104.09864), in the form with halves of transformers' `rotate_half`. */
import { shapeMismatch } from "../errors.js";
import { apply, applyAll, type Emission, type OnnxNode, type Op, type Tensor } from "../tensor.js";
import { negate } from "./arithmetic.js";

/** `to` of ONNX's Cast for float32. */
const FLOAT32 = 1;

/**
 * Cosine and sine of position · frequency: `int64[n] → 2 × [n, frequencies]`. It has no gradient.
 *
 * Angles are float32 in every graph: as a float16, a position of some thousands is far from exact.
 */
export const rotaryAnglesOp: Op<{ readonly frequencies: readonly number[] }> = {
  name: "rotaryAngles",
  infer: ([positions], { frequencies }) => {
    const type = { type: "float32", shape: [positions!.shape[0]!, frequencies.length] } as const;
    return [type, type];
  },
  vjp: () => [null],
  emit: (emission) => {
    const { outputs, float, attributes, temporary, integers, profile } = emission;
    const [positions] = emission.inputs;
    const { frequencies } = attributes;
    const [whole, column, row, angles] = Array.from({ length: 4 }, temporary) as string[];
    const { nodes, cos, sin } = (profile.exactSine ? sine : sineByPolynomials)(emission, angles!);
    return [
      { opType: "Cast", inputs: [positions!], outputs: [whole!], attributes: { to: FLOAT32 } },
      { opType: "Unsqueeze", inputs: [whole!, integers([1])], outputs: [column!] },
      {
        opType: "Constant",
        inputs: [],
        outputs: [row!],
        attributes: { value_floats: { floats: frequencies } },
      },
      { opType: "Mul", inputs: [column!, row!], outputs: [angles!] },
      ...nodes,
      ...[cos, sin].map((x, index) => ({
        opType: "Cast",
        inputs: [x],
        outputs: [outputs[index]!],
        attributes: { to: float },
      })),
    ];
  },
};

type Sine = (
  emission: Pick<Emission<unknown>, "temporary" | "scalar">,
  angles: string,
) => { readonly nodes: readonly OnnxNode[]; readonly cos: string; readonly sin: string };

const sine: Sine = ({ temporary }, angles) => {
  const [cos, sin] = [temporary(), temporary()];
  return {
    nodes: [
      { opType: "Cos", inputs: [angles], outputs: [cos] },
      { opType: "Sin", inputs: [angles], outputs: [sin] },
    ],
    cos,
    sin,
  };
};

/**
 * 2π in three parts. The first two have few digits, so that their products with up to 2¹¹ turns are exact in float32.
 */
const FIRST = 201 / 2 ** 5;
const SECOND = 4059 / 2 ** 21;
const TURN = [FIRST, SECOND, 2 * Math.PI - FIRST - SECOND];
/** The Taylor series of sin x / x and of cos x in x², the last coefficient first. */
const SINE = [1 / 362_880, -1 / 5040, 1 / 120, -1 / 6, 1];
const COSINE = [1 / 40_320, -1 / 720, 1 / 24, -1 / 2, 1];

/**
 * Takes whole turns off the angles, computes sine and cosine of a quarter of what is left, at most π/4, with an error below
 * 3e-8, and doubles the angle twice: sin 2x = 2 sin x cos x, cos 2x = cos² x − sin² x.
 */
const sineByPolynomials: Sine = ({ temporary, scalar }, angles) => {
  const nodes: OnnxNode[] = [];
  const through = (opType: string, ...inputs: string[]): string => {
    const output = temporary();
    nodes.push({ opType, inputs, outputs: [output] });
    return output;
  };
  const times = (a: string, b: string) => through("Mul", a, b);
  const turns = through("Floor", through("Add", times(angles, scalar(1 / (2 * Math.PI))), scalar(0.5)));
  const rest = TURN.reduce((left, part) => through("Sub", left, times(turns, scalar(part))), angles);
  const quarter = times(rest, scalar(0.25));
  const square = times(quarter, quarter);
  const series = ([last, ...others]: readonly number[]) =>
    others.reduce((sum, next) => through("Add", times(sum, square), scalar(next)), scalar(last!));
  let [sin, cos] = [times(quarter, series(SINE)), series(COSINE)];
  for (let doubled = 0; doubled < 2; doubled++) {
    const product = times(sin, cos);
    [sin, cos] = [through("Add", product, product), through("Sub", times(cos, cos), times(sin, sin))];
  }
  return { nodes, cos, sin };
};

/** @param frequencies in radians per position */
export const rotaryAngles = (
  positions: Tensor,
  frequencies: readonly number[],
): { readonly cos: Tensor; readonly sin: Tensor } => {
  const [cos, sin] = applyAll(rotaryAnglesOp, [positions], { frequencies });
  return { cos: cos!, sin: sin! };
};

/**
 * Rotates each pair of values (i, i + d) of a head by its angle: `[n, heads · 2d], [n, d], [n, d] → [n, heads · 2d]`.
 *
 * With the halves a and b of a head: a′ = a · cos − b · sin, b′ = b · cos + a · sin. dx is dy, rotated back.
 */
export const rotateOp: Op<Record<never, never>> = {
  name: "rotate",
  infer: (inputs) => {
    const [x, cos, sin] = inputs.map(({ shape }) => shape);
    const half = cos![1];
    const fits =
      x!.length === 2 &&
      typeof x![1] === "number" &&
      typeof half === "number" &&
      x![1] % (2 * half) === 0 &&
      [cos, sin].every((each) => each!.length === 2 && each![0] === x![0] && each![1] === half);
    if (!fits) throw shapeMismatch("rotate", [x!, cos!, sin!], "expected [n, heads · 2d], [n, d] and [n, d]");
    return [inputs[0]!];
  },
  vjp: ({ inputs: [, cos, sin], cotangents: [dy] }) => [
    rotate(dy!, { cos: cos!, sin: negate(sin!) }),
    null,
    null,
  ],
  emit: (emission) =>
    emission.profile.contribOperators.includes("RotaryEmbedding") ? fused(emission) : plain(emission),
};
export const rotate = (x: Tensor, { cos, sin }: { readonly cos: Tensor; readonly sin: Tensor }): Tensor =>
  apply(rotateOp, [x, cos, sin], {});

/** Rows are the positions of one sequence. */
function fused({
  inputs: [x, cos, sin],
  outputs,
  temporary,
  integers,
}: Emission<unknown>): readonly OnnxNode[] {
  const [sequence, rotated] = [temporary(), temporary()];
  return [
    { opType: "Unsqueeze", inputs: [x!, integers([0])], outputs: [sequence] },
    {
      opType: "RotaryEmbedding",
      domain: "com.microsoft",
      inputs: [sequence, integers([0]), cos!, sin!],
      outputs: [rotated],
    },
    { opType: "Squeeze", inputs: [rotated, integers([0])], outputs },
  ];
}

function plain({
  inputs: [x, cos, sin],
  outputs,
  types,
  temporary,
  integers,
}: Emission<unknown>): readonly OnnxNode[] {
  const half = types.inputs[1]!.shape[1] as number;
  const width = types.inputs[0]!.shape[1] as number;
  const nodes: OnnxNode[] = [];
  const through = (
    opType: string,
    inputs: string[],
    attributes: OnnxNode["attributes"] = {},
    outputs = 1,
  ) => {
    const made = Array.from({ length: outputs }, temporary);
    nodes.push({ opType, inputs, outputs: made, attributes });
    return made;
  };
  const [heads] = through("Reshape", [x!, integers([0, width / (2 * half), 2 * half])]);
  const [a, b] = through("Split", [heads!], { axis: -1 }, 2);
  const [c] = through("Unsqueeze", [cos!, integers([1])]);
  const [s] = through("Unsqueeze", [sin!, integers([1])]);
  const times = (left: string, right: string) => through("Mul", [left, right])[0]!;
  const [first] = through("Sub", [times(a!, c!), times(b!, s!)]);
  const [second] = through("Add", [times(b!, c!), times(a!, s!)]);
  const [joined] = through("Concat", [first!, second!], { axis: -1 });
  return [...nodes, { opType: "Reshape", inputs: [joined!, integers([0, width])], outputs }];
}

import { readFile } from "node:fs/promises";

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** Returns the part of a step that a node belongs to, by its operator and name. */
function part({ args, name }: Event): string {
  const op = args?.op_name ?? "";
  if (op === "Gemm" || op === "FusedGemm") return "linear layers (Gemm)";
  if (["FusedMatMul", "MatMul", "Softmax"].includes(op)) return "attention (products, softmax)";
  if (op === "DequantizeLinear" || /dropout/i.test(name)) return "dropout";
  if (["Gather", "Transpose", "Split", "Concat", "ScatterND"].includes(op)) return "moving rows and heads";
  if (/gelu/i.test(op) || op === "Erf" || op === "Exp") return "GELU";
  if (/LayerNorm/.test(op) || op === "ReduceMean") return "layer norm";
  if (/^Reduce/.test(op)) return "sums (biases, norms)";
  return "other elementwise";
}

/** Returns the shares of time by part and by operator, from a profile of ONNX Runtime. */
export async function timeByPart(file: string): Promise<string> {
  const events = (JSON.parse(await readFile(file, "utf8")) as Event[]).filter(
    ({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"),
  );
  const total = events.reduce((sum, { dur }) => sum + dur, 0);
  const table = (key: (event: Event) => string) => {
    const sums = new Map<string, number>();
    for (const event of events) sums.set(key(event), (sums.get(key(event)) ?? 0) + event.dur);
    return [...sums]
      .sort(([, a], [, b]) => b - a)
      .map(([name, time]) => `  ${((100 * time) / total).toFixed(1).padStart(5)}%  ${name}`)
      .join("\n");
  };
  return `by part\n${table(part)}\nby operator\n${table(({ args }) => args?.op_name ?? "?")}`;
}

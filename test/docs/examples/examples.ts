/** The examples of a page: commands, programs and recipes, in their order. */

export interface Example {
  readonly kind: "command" | "js" | "yaml" | "python";
  readonly text: string;
  /** Line of the page, from 1. */
  readonly line: number;
  /** True for commands that begin with nothing in the folder, as the reader has it. */
  readonly fromNothing?: boolean;
}

/** What a line of a shell begins with. A block that begins otherwise is an output. */
const COMMAND =
  /^(npx |nerium |npm |node |cat |curl |docker |python |openssl |tensorboard |bench\/|mpiexec |srun |kubectl )/;
const FENCES = { js: "js", yaml: "yaml", python: "python", sh: "command" } as const;

/** Returns the examples of a page in Markdown. Outputs, tables and blocks of other languages are none. */
export function examplesOf(markdown: string): Example[] {
  const found: Example[] = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const fence = /^```(\w*)\s*$/.exec(lines[index]!);
    if (fence !== null) {
      const end = lines.indexOf("```", index + 1);
      const text = lines.slice(index + 1, end).join("\n");
      const kind = FENCES[fence[1] as keyof typeof FENCES];
      const from = index + 2;
      if (kind === "command")
        found.push(
          ...commands(lines.slice(index + 1, end), from).map((each) => ({ ...each, fromNothing: true })),
        );
      else if (kind !== undefined) found.push({ kind, text, line: from });
      index = end;
      continue;
    }
    if (!isIndented(lines[index]) || isIndented(lines[index - 1]) || isList(lines, index)) continue;
    let end = index;
    while (isIndented(lines[end])) end++;
    const block = lines.slice(index, end).map((line) => line.slice(4));
    if (COMMAND.test(block[0]!)) found.push(...commands(block, index + 1));
    index = end - 1;
  }
  return found;
}

const isIndented = (line: string | undefined): boolean => line?.startsWith("    ") ?? false;

/** Whether an indented line continues an item of a list. */
function isList(lines: readonly string[], index: number): boolean {
  let at = index - 1;
  while (at >= 0 && lines[at]!.trim() === "") at--;
  return at >= 0 && /^ {0,3}([-*]|\d+\.) /.test(lines[at]!);
}

/** The commands of a block; a line that ends with a backslash goes on. */
function commands(block: readonly string[], first: number): Example[] {
  const found: Example[] = [];
  let goesOn = false;
  block.forEach((text, index) => {
    if (goesOn) {
      const last = found.pop()!;
      found.push({ ...last, text: `${last.text}\n${text}` });
    } else if (COMMAND.test(text)) found.push({ kind: "command", text, line: first + index });
    goesOn = text.endsWith("\\");
  });
  return found;
}

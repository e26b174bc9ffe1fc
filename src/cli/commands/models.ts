import type { Command } from "commander";
import { newCommand } from "../command.js";
import { type Io, lineWidth, writeJson } from "../io.js";
import { jsonOption } from "../options.js";
import { table } from "../terminal/table.js";
import { wrapped } from "../terminal/wrapped.js";

export const define = (io: Io): Command =>
  newCommand("nerium models", io, { examples: ["nerium models", "nerium models --json"] })
    .usage("[options]")
    .description(
      "List the families of encoders that can be trained, what each is good for, and pretrained models on the Hugging Face hub to begin with. Other models of these families can be used in the same way.",
    )
    .optionsGroup("Output:")
    .addOption(jsonOption())
    .action((flags: { readonly json?: boolean }) => showModels(flags, io));

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync([...args], { from: "user" });
}

async function showModels({ json }: { readonly json?: boolean }, io: Io): Promise<void> {
  const { families } = await import("../../models/index.js");
  const listed = families.map(({ architectures, goodFor, pretrained }) => ({
    modelTypes: Object.keys(architectures),
    goodFor,
    pretrained,
  }));
  if (json) return writeJson(io.stdout, listed);
  const all = table(
    [
      ["", "parameters", "tokens", "license", "languages"],
      ...listed.flatMap(({ pretrained }) =>
        pretrained.map(({ name, parameters, longest, license, languages }) => [
          ...[name, `${parameters} M`, longest.toLocaleString("en"), license, languages],
        ]),
      ),
    ],
    "  ",
    [3, 4],
  );
  const lines = [all.shift()!];
  for (const { modelTypes, goodFor, pretrained } of listed)
    lines.push(
      "",
      wrapped(`${modelTypes.join(", ")}: ${goodFor}`, lineWidth(io.stdout)),
      ...all.splice(0, pretrained.length),
    );
  lines.push("", "Train one: nerium train --model <name> --train <file> --output <folder>");
  io.stdout.write(`${lines.join("\n")}\n`);
}

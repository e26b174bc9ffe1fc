import type { Command } from "commander";
import { newCommand } from "../command.js";
import { type Io, lineWidth, writeText } from "../io.js";
import { table } from "../terminal/table.js";

export const define = (io: Io): Command =>
  newCommand("nerium docs", io, {
    examples: [
      "nerium docs",
      "nerium docs data-formats",
      "nerium docs DATA_CELL_EMPTY",
      "nerium docs viterbi",
    ],
  })
    .description(
      "Print a page of the documentation, as Markdown. The topic is the name of a page, the code of an error, or a word; without a topic, all pages are listed.",
    )
    .argument("[topic]", "Page, error code or word.");

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io)
    .action((topic: string | undefined) => showDocs(topic, io))
    .parseAsync([...args], { from: "user" });
}

async function showDocs(topic: string | undefined, io: Io): Promise<void> {
  const { allPages, topicText } = await import("../../manual/index.js");
  if (topic !== undefined) return writeText(io.stdout, topicText(topic));
  const rows = allPages().map(({ name, title }) => [name, title]);
  const lines = [...table(rows, "  ", [1]), "", "Read one: nerium docs <name>"];
  await writeText(io.stdout, `${lines.map((line) => line.slice(0, lineWidth(io.stdout))).join("\n")}\n`);
}

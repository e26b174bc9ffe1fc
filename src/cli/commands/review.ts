import type { Command } from "commander";
import { PORT } from "../../optionKinds.js";
import { newCommand } from "../command.js";
import { badUsage } from "../errors.js";
import { exitCodes } from "../exit.js";
import { type Io, writeText } from "../io.js";
import { numberOption } from "../options.js";
import { counted } from "../terminal/figures.js";

interface Flags {
  readonly port?: number;
  readonly undo?: true;
}

export const reviewCommand = (io: Io): Command =>
  newCommand("review", io, {
    examples: [
      "nerium data review suspects/suspects.json",
      "nerium data review suspects/suspects.json --undo",
    ],
  })
    .summary("Go through likely label errors in the browser.")
    .description(
      "Go through the suspects that nerium data suspects has found, with the keyboard: the data's entities and the proposed ones side by side. Each decision is written into the data at once, in the file's own format: CoNLL, CSV, JSON Lines, doccano, Prodigy or Label Studio. All else in the file stays as it is. The log review.jsonl beside the suspects says what was changed.",
    )
    .argument("<SUSPECTS>", "The file suspects.json of a search.")
    .addOption(numberOption("--port <number>", PORT, "Port on this machine. Default: a free one."))
    .option("--undo", "Take all decisions back, so that the data is as before the review.")
    .action((file: string, flags: Flags) => reviewed(file, flags, io));

async function reviewed(file: string, { port, undo }: Flags, io: Io): Promise<void> {
  if (undo && port !== undefined)
    throw badUsage({
      what: "--undo cannot be combined with --port",
      hint: undefined,
      command: "nerium data review",
    });
  const { Review } = await import("../../improve/index.js");
  const review = await Review.open(file);
  try {
    if (undo)
      return await writeText(io.stdout, `${counted(await review.undoAll(), "decision")} taken back\n`);
    const { serveReview } = await import("../../review/index.js");
    const server = await serveReview(review, { port: port ?? 0 });
    io.outliveOutput();
    let release: (() => void) | undefined;
    const stopped = new Promise<void>((resolve) => {
      release = io.onInterrupt(resolve, exitCodes.done);
    });
    try {
      const { length } = review.items;
      await writeText(
        io.stdout,
        `${counted(length, "suspect")} in ${review.found.train}\nopen  ${server.url}\nTo end: Ctrl-C. The decisions are in ${review.logFile}\n`,
      );
      await stopped;
    } finally {
      await server.close();
      release?.();
    }
  } finally {
    await review.release();
  }
}

/**
 * Replays a recorded run of HF Trainer and prints how far Nerium is from it:
 *
 *     npm run --silent parity -- ../shared/reference/parity/tiny-bert/run.json
 *
 * Started by `mpiexec -n 2`, two processes replay it together, and the first one prints.
 *
 * The exit code is 1 if a bar is missed, and 2 if the recording cannot be replayed; then nothing was
 * computed.
 */
import { parseArgs } from "node:util";
import { type Collective, together } from "../../src/collective/index.js";
import { isNeriumError } from "../../src/errors.js";
import { replayRecipe } from "./arguments.js";
import { compare } from "./compare.js";
import { recordedFigures, selfDistances } from "./figures.js";
import { NotReplayable, readRecording } from "./recording.js";
import { replay } from "./replay.js";
import { barLines, evaluationLines, STEP_HEADER, stepLine } from "./report.js";

const USAGE = `Replays a recorded run of HF Trainer, step by step, and compares.

usage: npm run --silent parity -- RUN.json [options]

  RUN.json            the recording, or the folder of its run.json (bench/parity/record.py makes them)
  --json              print one JSON object and nothing else
  --threads N         CPU threads (2)
  --accumulate K      each step's batch in K parts whose gradients add up; the bars are the same
  --model FOLDER      the model before training (init/ beside the recording)
  --train FILE        the training data (the recording's, in a folder "data" beside or above it, or in ../shared/data)
  --validation FILE   the validation data, likewise
  --data FOLDER       the folder that the recording's data names are relative to

exit code: 0 every bar is met, 1 one is missed, 2 the recording cannot be replayed`;

async function main(collective: Collective): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      threads: { type: "string", default: "2" },
      accumulate: { type: "string", default: "1" },
      model: { type: "string" },
      train: { type: "string" },
      validation: { type: "string" },
      data: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [path, ...others] = positionals;
  const threads = Number(values.threads);
  if (path === undefined || others.length > 0) throw new NotReplayable(`one recording is needed\n\n${USAGE}`);
  if (!Number.isInteger(threads) || threads < 1)
    throw new NotReplayable(`--threads must be a whole number from 1 on, not ${values.threads}`);
  const { model, train, validation, data } = values;
  const recording = readRecording(path);
  const accumulate = Number(values.accumulate);
  const recipe = replayRecipe(recording, { model, train, validation, data, accumulate });

  const isFirst = collective.rank === 0;
  const say = values.json || !isFirst ? () => {} : (line: string) => console.log(line);
  const parts =
    accumulate === 1 ? "" : `, each batch in ${accumulate} parts of ${recipe.perDeviceTrainBatchSize}`;
  const processes = collective.size === 1 ? "" : ` in each of ${collective.size} processes`;
  say(
    `${recording.name}: ${recording.steps.length} steps, ${threads} threads${processes}${parts}\n\n${STEP_HEADER}`,
  );
  const recorded = recordedFigures(recording);
  const begin = performance.now();
  let step = 0;
  const replayed = await replay(recording, recipe, {
    threads,
    collective,
    onStep: (figures) => say(stepLine(++step, figures, recorded)),
  });
  const seconds = (performance.now() - begin) / 1000;
  const comparison = compare(recorded, replayed, replayed.tensors, selfDistances(recording));
  for (const line of [...evaluationLines(comparison), ...barLines(comparison)]) say(line);
  if (values.json && isFirst) {
    const run = { recording: recording.file, name: recording.name, threads, accumulate, seconds };
    console.log(JSON.stringify({ ...run, ...comparison, replayed }, jsonNumber, 1));
  }
  return comparison.ok ? 0 : 1;
}

/** JSON has no NaN and no infinity. As strings they are not lost, unlike `null`. */
const jsonNumber = (_key: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

try {
  process.exitCode = await together(main);
} catch (error) {
  if (!(error instanceof NotReplayable) && !isNeriumError(error) && !isUsage(error)) throw error;
  const { where, remedy } = error as { where?: string; remedy?: string };
  console.error(
    [`error: ${error.message}`, where && `  at ${where}`, remedy && `  ${remedy}`].filter(Boolean).join("\n"),
  );
  process.exitCode = 2;
}

function isUsage(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

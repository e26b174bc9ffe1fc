/**
 * One process of bench/scale/run.ts, alone or one of several that mpiexec started. Reads commands from standard input and
 * prints a line of JSON for each:
 *
 *     {"steps": 5, "batch": 16}    trains 5 steps with 16 sentences each
 *     {"exchanges": 5}             exchanges as many times what a step exchanges, without computing
 */
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { type Collective, Shares, together } from "../../src/collective/index.js";
import { parseRecipe } from "../../src/recipe/index.js";
import { prepare } from "../../src/train/prepare/prepare.js";
import { epochOrder } from "../../src/train/random.js";
import { StepEngine } from "../../src/train/step/stepEngine.js";
import { peakMemory } from "../memory.js";

/** What a worker is asked for. */
export type Command = { readonly steps: number; readonly batch: number } | { readonly exchanges: number };

/** Seconds of one step or of one exchange, and its parts. */
export interface Measured {
  readonly seconds: number;
  /** From the start of the step until its gradient is added up. */
  readonly gradient: number;
  /** In exchanges, waiting for others included. */
  readonly exchanging: number;
  /** Bytes that this process has sent. */
  readonly sent: number;
  readonly tokens: number;
  readonly loss: number;
}

/** What a worker says when it is ready. */
export interface Ready {
  readonly processes: number;
  readonly parameters: number;
  readonly windows: number;
}

/** The counters that exchanges through MPI keep. */
type Counted = Collective & { readonly exchanging?: number; readonly sent?: number };

const RATE = 2e-5;

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "" },
    train: { type: "string", default: "" },
    threads: { type: "string", default: "1" },
  },
});

await together(async (collective: Counted) => {
  const { recipe } = parseRecipe(
    {
      model: values.model,
      train: values.train,
      output: "unused",
      learning_rate: RATE,
      per_device_train_batch_size: 256,
    },
    "bench",
  );
  const prepared = await prepare(recipe);
  const { layout, engine } = prepared.weights;
  const trainer = await StepEngine.create(recipe, prepared, Number(values.threads), { collective });
  const { windows } = prepared.train;
  const order = epochOrder(windows.length, recipe.seed, 0);
  const say = (line: object) => {
    if (collective.rank === 0) console.log(JSON.stringify(line));
  };
  let taken = 0;
  const membersOf = (step: number, batch: number) =>
    Array.from({ length: batch }, (_, at) => windows.at(order[(step * batch + at) % order.length]!)!);

  async function measured(
    work: () => Promise<{ gradient: number; tokens: number; loss: number }>,
  ): Promise<Measured> {
    const { exchanging = 0, sent = 0 } = collective;
    const begin = performance.now();
    const figures = await work();
    const seconds = (performance.now() - begin) / 1000;
    return {
      ...figures,
      seconds,
      exchanging: ((collective.exchanging ?? 0) - exchanging) / 1000,
      sent: (collective.sent ?? 0) - sent,
    };
  }

  async function step(batch: number) {
    const begin = performance.now();
    const number = ++taken;
    const { loss, gradNorm, tokens } = await trainer.gradient(membersOf(number, batch), number);
    const gradient = (performance.now() - begin) / 1000;
    const updated = trainer.update(number, RATE, gradNorm);
    trainer.stage(membersOf(number + 1, batch), number + 1);
    await updated;
    return { gradient, tokens, loss };
  }

  const shares = new Shares(layout.length, collective.size);
  const own = engine.block(shares.lengthOf(collective.rank) * 4);
  const whole = layout.allocate(engine);
  async function exchange() {
    await collective.reduceScatter(whole, shares, own);
    await collective.allGather(whole, shares);
    return { gradient: 0, tokens: 0, loss: 0 };
  }

  say({ processes: collective.size, parameters: layout.length, windows: windows.length } satisfies Ready);
  const lines =
    collective.rank === 0 ? createInterface({ input: process.stdin })[Symbol.asyncIterator]() : undefined;
  for (;;) {
    const line = await lines?.next();
    const text = await collective.fromFirst<string | undefined>(line?.done ? undefined : line?.value);
    if (text === undefined) break;
    const command = JSON.parse(text) as Command;
    const found: Measured[] = [];
    const [count, work] =
      "steps" in command ? [command.steps, () => step(command.batch)] : [command.exchanges, exchange];
    for (let at = 0; at < count; at++) found.push(await measured(work));
    say({ measured: found, peak: peakMemory() });
  }
  own.free();
  whole.free();
  await trainer.dispose();
});

import { join } from "node:path";
import { CRF_FILE, type Transitions } from "../../crf/index.js";
import type { NeriumWarning } from "../../errors.js";
import { type FineTuned, openModel, wordLogits } from "../../infer/index.js";
import { weightFiles } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { CacheProgress } from "../../run/events.js";
import type { TeacherScores } from "../../tasks/tokenClassification/index.js";
import type { Sentence } from "../../text/index.js";
import { teacherLabels } from "../errors.js";

/** What the teachers of a run make of its training data. */
export interface Taught {
  readonly teachers: readonly TeacherScores[];
  /** The files that decide about it: weights and transitions. */
  readonly files: readonly string[];
  /** About the files of the teachers. */
  readonly warnings: readonly NeriumWarning[];
}

/** How a run computes, and its stop signal and progress callback. */
interface TeachingEdge extends Pick<Recipe, "engine" | "device" | "bf16" | "threads"> {
  readonly signal?: AbortSignal | undefined;
  readonly tell?: ((progress: CacheProgress) => void) | undefined;
}

/**
 * Runs models on sentences, one model after the other.
 *
 * @param labels the labels of the model to be trained, in the order of their ids
 * @throws NeriumError TRAIN_TEACHER_LABELS, `MODEL_…`, `TOKENIZE_…`, `RUNTIME_…`
 */
export async function teacherScores(
  folders: readonly string[],
  sentences: readonly Sentence[],
  labels: readonly string[],
  edge: TeachingEdge,
): Promise<Taught> {
  const teachers: TeacherScores[] = [];
  const files: string[] = [];
  const warnings: NeriumWarning[] = [];
  // The run says itself what it computes on.
  const onWarning = (warning: NeriumWarning) => void (warning.code !== "DEVICE" && warnings.push(warning));
  for (const folder of folders) {
    const { engine, device, bf16, threads } = edge;
    const dtype = bf16 ? "bf16" : "fp32";
    const model = await openModel(folder, { engine, device, dtype, threads, onWarning });
    try {
      teachers.push(await scoresOf(model, sentences, labels, edge));
      files.push(...(await weightFiles(folder)), ...(model.crf ? [join(folder, CRF_FILE)] : []));
    } finally {
      await model.dispose();
    }
  }
  return { teachers, files, warnings };
}

async function scoresOf(
  model: FineTuned,
  sentences: readonly Sentence[],
  labels: readonly string[],
  { signal, tell }: TeachingEdge,
): Promise<TeacherScores> {
  const { folder, labels: own, crf } = model;
  const sameLabels = own.length === labels.length && labels.every((label) => own.includes(label));
  if (!sameLabels) throw teacherLabels(folder, own, labels);
  const places = labels.map((label) => own.indexOf(label));
  const scores = await wordLogits(model, sentences, {
    signal,
    onProgress: (windows) => tell?.({ phase: "teacher", file: folder, sentences: windows }),
  });
  return { scores: scores.map((each) => columns(each, places)), crf: crf && reordered(crf, places) };
}

/** The rows of a matrix with their columns in another order. */
const columns = (rows: Float32Array, places: readonly number[]): Float32Array =>
  rows.map((_, at) => rows[at - (at % places.length) + places[at % places.length]!]!);

const reordered = ({ start, between, end }: Transitions, places: readonly number[]): Transitions => ({
  start: places.map((place) => start[place]!),
  between: places.flatMap((from) => places.map((to) => between[from * places.length + to]!)),
  end: places.map((place) => end[place]!),
});

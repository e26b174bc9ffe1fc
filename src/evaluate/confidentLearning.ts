/** Probabilities of classes, example by example: `[examples, classes]`, row-major. */
export type Probabilities = Float32Array | Float64Array;

/** Slack in comparisons of probabilities, and the lowest threshold, as in cleanlab. */
const SLACK = 1e-6;

/**
 * The probability of the given label of each example: its label quality. Low values mean that the label is likely wrong.
 *
 * @param labels class of each example
 */
export function selfConfidence(labels: Int32Array, probabilities: Probabilities): Float64Array {
  const classes = probabilities.length / Math.max(1, labels.length);
  return Float64Array.from(labels, (label, example) => probabilities[example * classes + label]!);
}

/**
 * Finds the examples whose labels are likely wrong, by confident learning, most likely first (lowest
 * {@link selfConfidence}). Returns their indices.
 *
 * An example counts as confident of a class if its probability is at least the mean of the examples with that label. From the
 * confident examples follows how many of each label belong to each other class. So many examples are taken, those where the
 * other class is ahead of the given one the furthest.
 *
 * Gives what `find_label_issues` of cleanlab 2.9 gives with its defaults (`prune_by_noise_rate`). Northcutt, Jiang and Chuang
 * (2021), Confident Learning, https://arxiv.org/abs/1911.00068
 *
 * @param labels class of each example
 * @param probabilities predicted by a model that has not seen the examples
 */
export function labelIssues(labels: Int32Array, probabilities: Probabilities, classes: number): Uint32Array {
  if (labels.length === 0) return new Uint32Array(0);
  const joint = confidentJoint(labels, probabilities, classes);
  const membersOf: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, example) => {
    membersOf[label]!.push(example);
  });
  const prune = pruneCounts(joint);
  const found = new Set<number>();
  for (const [given, members] of membersOf.entries()) {
    if (members.length <= 1) continue;
    for (let other = 0; other < classes; other++) {
      const count = prune[other]![given]!;
      if (other === given || count <= 0) continue;
      const margin = (example: number) =>
        probabilities[example * classes + other]! - probabilities[example * classes + given]!;
      for (const example of [...members].sort((a, b) => margin(b) - margin(a)).slice(0, count))
        found.add(example);
    }
  }
  const confidence = selfConfidence(labels, probabilities);
  return Uint32Array.from(
    [...found]
      .filter(
        (example) => mostProbable(probabilities, example, classes, labels[example]!) !== labels[example],
      )
      .sort((a, b) => confidence[a]! - confidence[b]! || a - b),
  );
}

/** Returns the most probable class of an example. The given one wins if it is nearly as probable. */
function mostProbable(probabilities: Probabilities, example: number, classes: number, given: number): number {
  const raised = (label: number) => probabilities[example * classes + label]! + (label === given ? SLACK : 0);
  let best = 0;
  for (let label = 1; label < classes; label++) if (raised(label) > raised(best)) best = label;
  return best;
}

/**
 * Estimates how many examples have each given label (row) and belong to each class (column), calibrated so that rows sum to the
 * number of examples with that label.
 */
function confidentJoint(labels: Int32Array, probabilities: Probabilities, classes: number): number[][] {
  const counts = new Array<number>(classes).fill(0);
  const sums = new Float64Array(classes);
  labels.forEach((label, example) => {
    counts[label]!++;
    sums[label]! += probabilities[example * classes + label]!;
  });
  // No example can be confident of a class that no label has.
  const thresholds = counts.map((count, label) =>
    count === 0 ? 2 : Math.max(sums[label]! / count, 2 * SLACK),
  );
  const joint = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((given, example) => {
    const row = probabilities.subarray(example * classes, (example + 1) * classes);
    let confident = 0;
    let first = -1;
    let best = 0;
    for (let label = 0; label < classes; label++) {
      if (row[label]! > row[best]!) best = label;
      if (row[label]! < thresholds[label]! - SLACK) continue;
      if (confident === 0) first = label;
      confident++;
    }
    if (confident > 0) joint[given]![confident > 1 ? best : first]!++;
  });
  for (let label = 0; label < classes; label++) joint[label]![label] = Math.max(1, joint[label]![label]!);
  const calibrated = joint.map((row, label) => {
    const total = sum(row);
    return row.map((value) => (value / total) * counts[label]!);
  });
  const total = sum(calibrated.map(sum));
  return calibrated.map((row) => roundedKeepingSum(row.map((value) => (value / total) * labels.length)));
}

/**
 * The number of examples to take, by other class (row) and given label (column). Each label keeps at least one example: what the
 * diagonal needs for that is taken from the other counts of its column in equal parts.
 */
function pruneCounts(joint: readonly (readonly number[])[]): number[][] {
  const classes = joint.length;
  const transposed = joint.map((_, row) => joint.map((column) => column[row]!));
  const missing = transposed.map((row, label) => Math.max(0, 1 - row[label]!));
  const shares = missing.map((need, column) => {
    const others = transposed.filter((row) => row[column] !== 0).length - 1;
    return need / Math.max(1, others);
  });
  return Array.from({ length: classes }, (_, row) =>
    Array.from({ length: classes }, (_, column) =>
      row === column
        ? Math.max(1, transposed[row]![column]!)
        : Math.trunc(Math.max(0, transposed[row]![column]! - shares[column]!)),
    ),
  );
}

/** Rounds numbers so that their sum is that of the exact numbers, rounded. Those that rounding changed most are corrected. */
function roundedKeepingSum(values: readonly number[]): number[] {
  const rounded = values.map(roundedHalfToEven);
  const target = roundedHalfToEven(sum(values));
  for (let difference = target - sum(rounded); difference !== 0; difference = target - sum(rounded)) {
    const step = Math.sign(difference);
    const order = [...values.keys()].sort((a, b) => values[a]! - rounded[a]! - (values[b]! - rounded[b]!));
    if (step > 0) order.reverse();
    for (const index of order.slice(0, Math.abs(difference))) rounded[index]! += step;
  }
  return rounded;
}

/** As numpy rounds: 0.5 to 0, 1.5 to 2. */
function roundedHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest === 0.5 ? below + (below % 2) : Math.round(value);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

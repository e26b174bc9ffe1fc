import { dataFacts, labelList, parseDataset } from "../../../src/data/index.js";
import type { Dataset } from "../../../src/text/index.js";
import { mutateBytes } from "../mutate/bytes.js";
import { mutateLines } from "../mutate/lines.js";
import { type Reader, requireThat } from "../reader.js";

const NAME = "train.conll";

const SEEDS = [
  `-DOCSTART- -X- -X- O

Ada NNP I-NP I-PER
Lovelace NNP I-NP I-PER
met VBD I-VP O
Ada NNP I-NP B-PER
in IN I-PP O
Turin NNP I-NP I-LOC
. . O O

-DOCSTART- -X- -X- O

東京 NNP I-NP I-LOC
rains VBZ I-VP O
`,
  "Ada\tB-PER\nLovelace\tI-PER\nof\tO\nTurin\tB-LOC\n\n# newdoc\n# text = x\n#\tO\nNerium\tB-ORG\n",
  "# id = 1\nAda _ _ B-PER\nLovelace _ _ L-PER\nTurin _ _ U-LOC\n\n# id = 2\nrains _ _ O\n",
  "Ada B-PER\nMaria I-PER\nLovelace E-PER\nTurin S-LOC\n\n\n\nrains O\n",
  "Ada PER\nTurin LOC\nrains O\n",
  "Ada\nLovelace\n\nTurin\n",
  "New York\tB-LOC\nis\tO\nbig\tO\n",
  "\ufeffAda B-PER\r\nrains O\r\n\r\nTurin B-LOC\r\n",
  "# id 1 domain=x\n1 Ada NNP B-PER O\n2 rains VBZ O O\n1-2 x y O O\n\n1 -DOCSTART- X O O\n\n1 Turin NNP B-LOC B-X\n",
  "word pos ner\nAda NNP (PER(X*)\nLovelace NNP *)\nrains VBZ *\n\n###MEDLINE:1\n\nTurin NNP (LOC)\n",
  "#begin document (a); part 000\na 0 0 Ada N (S* - - - s (PER) * -\na 0 1 rains V *) - - - s * -\n\n#end document\n",
  "en:Ada\tB-PER\nen:rains\tO\n\u00a0\nen::\tO\n",
  "B-PER\tAda\nO\trains\n===\nB-LOC\tTurin\n",
];
const ALL = SEEDS.map((seed) => Buffer.from(seed));
const OPTIONS = [
  {},
  {},
  {},
  { tagColumn: 1 },
  { tokenColumn: "1", tagColumn: 0 },
  { delimiter: "\t" },
  { delimiter: "" },
];

/** CoNLL columns, as data files and as options have them. */
export const columns: Reader = {
  name: "columns",
  weight: 1,

  make(random) {
    let text = random.of(SEEDS);
    for (let edits = 1 + random.below(4); edits > 0; edits--)
      text = mutateLines(text, random.of(SEEDS), random);
    const bytes = Buffer.from(text);
    const mutated = random.chance(0.25) ? mutateBytes(bytes, ALL, random) : bytes;
    return { [NAME]: mutated, options: Buffer.from(String(random.below(OPTIONS.length))) };
  },

  async read(files) {
    const { [NAME]: bytes, options } = files;
    requireConsistent(await parseDataset(bytes!, NAME, OPTIONS[Number(Buffer.from(options!).toString())]));
  },
};

/** What every data set promises, from whatever format. */
export function requireConsistent(data: Dataset): void {
  requireThat(data.sentences.length > 0, "no sentences");
  let tagged: boolean | undefined;
  for (const { words, tags, line } of data.sentences) {
    tagged ??= tags.length > 0;
    requireThat(words.length > 0, `no words in line ${line}`);
    requireThat(tags.length === (tagged ? words.length : 0), `${words.length} words, ${tags.length} tags`);
    requireThat(
      words.every((word) => typeof word === "string" && word !== ""),
      `a word in line ${line}`,
    );
    requireThat(
      tags.every((tag) => typeof tag === "string" && tag !== ""),
      `a tag in line ${line}`,
    );
    if (data.scheme === "IOB2")
      requireThat(
        tags.every((tag) => /^(?:O$|[BI](?:-|$))/s.test(tag)),
        `${tags}`,
      );
  }
  const labels = labelList([dataFacts(data)]);
  requireThat(new Set(labels).size === labels.length, "a label stands there twice");
}

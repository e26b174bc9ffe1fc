/** A request of the page, to write programs that repeat it. */
export interface Asked {
  /** The address of the API, with a slash at its end. */
  readonly base: string;
  readonly text: string;
  /** Is omitted for the default model. */
  readonly model?: string | undefined;
  /** Is empty for whole words. */
  readonly strategy: string;
  readonly threshold: number;
  /** The server needs a token. Programs read it from the environment. */
  readonly token: boolean;
  /** The text was read paragraph by paragraph, because it is too long to be sent whole. */
  readonly byParagraph: boolean;
}

/** Longer texts are read from a file: a program should stay readable. */
const LONGEST_INLINE = 1_000;

/** The file that programs read a long text from. */
export const TEXT_FILE = "text.txt";

/** The options of the request that are not the default. */
const optionsOf = ({ model, strategy, threshold }: Asked): Record<string, string | number> => ({
  ...(model === undefined ? {} : { model }),
  ...(strategy === "" ? {} : { aggregation_strategy: strategy }),
  ...(threshold === 0 ? {} : { threshold }),
});

const isInline = ({ text }: Asked) => text.length <= LONGEST_INLINE;

/** Quotes for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const query = (options: Record<string, string | number>): string => {
  const text = new URLSearchParams(
    Object.entries(options).map(([name, value]) => [name, String(value)]),
  ).toString();
  return text === "" ? "" : `?${text}`;
};

const curlHeaders = (type: string, { token }: Asked): string[] => [
  `  --header 'content-type: ${type}' \\`,
  ...(token ? [`  --header "authorization: Bearer $NERIUM_TOKEN" \\`] : []),
];

/** Returns a command line. Those for long texts use `jq`. */
export function curl(asked: Asked): string {
  if (asked.byParagraph) return curlLines(asked);
  const url = quoted(`${asked.base}v1/entities`);
  const options = optionsOf(asked);
  const head = [`curl ${url} \\`, ...curlHeaders("application/json", asked)];
  if (isInline(asked))
    return [...head, `  --data ${quoted(JSON.stringify({ text: asked.text, ...options }))}`].join("\n");
  const object = Object.entries(options).map(([name, value]) => `, ${name}: ${JSON.stringify(value)}`);
  return [`jq -Rs ${quoted(`{text: .${object.join("")}}`)} ${TEXT_FILE} |`, ...head, "  --data @-"].join(
    "\n",
  );
}

function curlLines(asked: Asked): string {
  return [
    `jq -Rsc 'split("\\n\\n")[] | select(test("\\\\S"))' ${TEXT_FILE} |`,
    `curl ${quoted(`${asked.base}v1/entities${query(optionsOf(asked))}`)} \\`,
    ...curlHeaders("application/x-ndjson", asked),
    "  --data-binary @-",
  ].join("\n");
}

const scriptHeaders = (type: string, { token }: Asked): string[] =>
  token
    ? [
        "  headers: {",
        `    "content-type": "${type}",`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template of the program
        "    authorization: `Bearer ${process.env.NERIUM_TOKEN}`,",
        "  },",
      ]
    : [`  headers: { "content-type": "${type}" },`];

const READ_FILE = [
  `import { readFileSync } from "node:fs";`,
  "",
  `const text = readFileSync("${TEXT_FILE}", "utf8");`,
];

/** Returns a program for Node that needs no packages. */
export function typescript(asked: Asked): string {
  if (asked.byParagraph) return scriptLines(asked);
  const options = Object.entries(optionsOf(asked)).map(
    ([name, value]) => `, ${name}: ${JSON.stringify(value)}`,
  );
  return [
    ...(isInline(asked) ? [`const text = ${JSON.stringify(asked.text)};`] : READ_FILE),
    `const response = await fetch("${asked.base}v1/entities", {`,
    `  method: "POST",`,
    ...scriptHeaders("application/json", asked),
    `  body: JSON.stringify({ text${options.join("")} }),`,
    "});",
    "if (!response.ok) throw new Error(await response.text());",
    "const { entities } = await response.json();",
    "for (const { type, text, score, start, end } of entities) console.log(type, text, score, start, end);",
  ].join("\n");
}

function scriptLines(asked: Asked): string {
  return [
    ...READ_FILE,
    String.raw`const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== "");`,
    `const response = await fetch("${asked.base}v1/entities${query(optionsOf(asked))}", {`,
    `  method: "POST",`,
    ...scriptHeaders("application/x-ndjson", asked),
    String.raw`  body: paragraphs.map((paragraph) => JSON.stringify(paragraph)).join("\n"),`,
    "});",
    "if (!response.ok) throw new Error(await response.text());",
    String.raw`for (const line of (await response.text()).trim().split("\n")) console.log(JSON.parse(line));`,
  ].join("\n");
}

/** JSON without `true`, `false` and `null` is Python too. */
const dictionary = (options: Record<string, string | number>): string =>
  Object.entries(options)
    .map(([name, value]) => `, ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join("");

const pythonHeaders = (type: string, { token }: Asked): string =>
  `{"content-type": "${type}"${token ? ', "authorization": "Bearer " + os.environ["NERIUM_TOKEN"]' : ""}}`;

const pythonImports = ({ token }: Asked, ...names: string[]): string[] =>
  [...names, ...(token ? ["os"] : [])].sort().map((name) => `import ${name}`);

/** Returns a Python program that needs no packages. Its offsets are code points, as Python counts. */
export function python(asked: Asked): string {
  if (asked.byParagraph) return pythonLines(asked);
  const options = dictionary({ ...optionsOf(asked), offset_unit: "code-points" });
  return [
    ...pythonImports(asked, "json", "urllib.request"),
    "",
    isInline(asked)
      ? `text = ${JSON.stringify(asked.text)}`
      : `text = open("${TEXT_FILE}", encoding="utf-8").read()`,
    "request = urllib.request.Request(",
    `    "${asked.base}v1/entities",`,
    `    data=json.dumps({"text": text${options}}).encode(),`,
    `    headers=${pythonHeaders("application/json", asked)},`,
    ")",
    "with urllib.request.urlopen(request) as response:",
    `    for entity in json.load(response)["entities"]:`,
    `        print(entity["type"], entity["text"], entity["score"], entity["start"], entity["end"])`,
  ].join("\n");
}

function pythonLines(asked: Asked): string {
  const options = query({ ...optionsOf(asked), offset_unit: "code-points" });
  return [
    ...pythonImports(asked, "json", "re", "urllib.request"),
    "",
    `text = open("${TEXT_FILE}", encoding="utf-8").read()`,
    String.raw`paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]`,
    "request = urllib.request.Request(",
    `    "${asked.base}v1/entities${options}",`,
    String.raw`    data="\n".join(map(json.dumps, paragraphs)).encode(),`,
    `    headers=${pythonHeaders("application/x-ndjson", asked)},`,
    ")",
    "with urllib.request.urlopen(request) as response:",
    "    for line in response:",
    "        print(json.loads(line))",
  ].join("\n");
}

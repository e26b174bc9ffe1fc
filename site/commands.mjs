// The pages of the commands: what `nerium COMMAND --help` prints.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Returns the Markdown of each page by name. */
export async function commandPages(root) {
  const load = (file) => import(pathToFileURL(join(root, "dist", "cli", file)).href);
  const { commands, nerium } = await load("nerium.js");
  const pages = {};
  const rows = [];
  for (const [name, { summary, load: loadCommand }] of Object.entries(commands)) {
    const { define } = await loadCommand();
    const subcommands = define(quiet("")).commands.map((command) => command.name());
    const parts = [[name], ...subcommands.map((each) => [name, each])];
    const sections = [];
    for (const words of parts) {
      const text = await help(nerium, words);
      sections.push(`${words.length > 1 ? `## nerium ${words.join(" ")}\n\n` : ""}~~~text\n${text.trimEnd()}\n~~~\n`);
    }
    pages[name] = `# nerium ${name}\n\n${sections.join("\n")}`;
    rows.push(`| [nerium ${name}](/cli/${name}) | ${summary} |`);
  }
  pages.index = `# Commands\n\n| Command | What it does |\n| --- | --- |\n${rows.join("\n")}\n`;
  return pages;
}

async function help(nerium, words) {
  let text = "";
  await nerium([...words, "--help"], quiet((part) => (text += part)));
  return text;
}

/** A process without a terminal, whose output goes to a function. */
function quiet(keep) {
  const output = (write) => ({ write: (part, done) => (write(part), done?.(), true) });
  return {
    stdin: (async function* () {})(),
    stdout: output(keep || (() => {})),
    stderr: output(() => {}),
    env: {},
    onInterrupt: () => () => {},
    outliveOutput: () => {},
  };
}

import { expect, it } from "vitest";
import { section } from "../../src/card/blocks.js";

it("a task's section becomes Markdown: its numbers are rounded, its cells say what they say", () => {
  const text = section(3, {
    heading: "Scores",
    blocks: [
      { paragraph: ["F1 of `a` is ", 2 / 3, ":"] },
      { headers: ["Type", "F1"], rows: [["a|b", 0.5]] },
      { language: "python", program: "print(1)\n" },
    ],
  });
  expect(text).toBe(`
### Scores

F1 of \`a\` is 0.6667:

| Type | F1  |
|:----:|:---:|
| a\\|b | 0.5 |

\`\`\`python
print(1)
\`\`\`
`);
});

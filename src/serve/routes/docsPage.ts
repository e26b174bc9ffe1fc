/** The page at `/docs`: all addresses of the server from its OpenAPI description, with a form to try each. It asks no other host. */
export const docsHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nerium: HTTP interface</title>
<link rel="stylesheet" href="docs/page.css">
<script type="module" src="docs/page.js"></script>
</head>
<body>
<header>
<h1>HTTP interface</h1>
<p>The same as <a href="openapi.json">OpenAPI 3.1</a>, for programs.</p>
<p id="token-field" hidden><label>Token <input id="token" type="password" autocomplete="off"></label></p>
</header>
<main id="operations" aria-live="polite"><p>Loading …</p></main>
<noscript><p>This page needs JavaScript. The description of the interface is at <a href="openapi.json">openapi.json</a>.</p></noscript>
</body>
</html>
`;

export const docsStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 56rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; }
code, pre, textarea { font: 0.9rem/1.45 ui-monospace, monospace; }
section { border-top: 1px solid GrayText; padding: 1rem 0; }
textarea { width: 100%; min-height: 7rem; box-sizing: border-box; padding: 0.5rem; }
input, button { font: inherit; padding: 0.3rem 0.7rem; }
pre { overflow: auto; max-height: 24rem; padding: 0.75rem; border: 1px solid GrayText; border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid color-mix(in srgb, GrayText 40%, transparent); }
details { margin: 0.5rem 0; }
.method { display: inline-block; min-width: 3.2rem; font-weight: 600; }
`;

export const docsScript = `const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const spec = await (await fetch("openapi.json")).json();
const resolved = (schema) =>
  schema?.$ref ? schema.$ref.slice(2).split("/").reduce((value, key) => value[key], spec) : schema;

const typeOf = (schema) => {
  const { type, enum: values, items, anyOf, minimum, maximum, maxLength, maxItems } = resolved(schema);
  if (values) return values.join(", ");
  if (anyOf) return anyOf.map(typeOf).join(" or ");
  const limits = [
    minimum !== undefined && minimum > -1e15 ? "from " + minimum : "",
    maximum !== undefined && maximum < 1e15 ? "to " + maximum : "",
    maxLength !== undefined ? "at most " + maxLength + " characters" : "",
    maxItems !== undefined ? "at most " + maxItems : "",
  ];
  const name = type === "array" ? "list of " + typeOf(items) : type;
  return [name, ...limits].filter(Boolean).join(", ");
};

const fields = (schema, prefix = "") =>
  Object.entries(resolved(schema)?.properties ?? {}).flatMap(([name, field]) => {
    const inner = (resolved(field).anyOf ?? [field]).find((each) => resolved(each).properties);
    const row = element(
      "tr",
      {},
      element("td", {}, element("code", { textContent: prefix + name })),
      element("td", { textContent: inner ? "object" : typeOf(field) }),
      element("td", { textContent: resolved(field).description ?? "" }),
    );
    return [row, ...(inner ? fields(inner, prefix + name + ".") : [])];
  });

const operation = (path, method, { summary, description, parameters = [], requestBody }) => {
  const section = element("section");
  section.append(
    element("h2", {}, element("span", { className: "method", textContent: method.toUpperCase() }), " ", element("code", { textContent: path })),
    element("p", { textContent: summary ?? "" }),
  );
  if (description) section.append(element("p", { textContent: description }));
  const body = requestBody?.content["application/json"]?.schema;
  if (body)
    section.append(
      element("details", {}, element("summary", { textContent: "Fields" }), element("table", {}, element("tbody", {}, ...fields(body)))),
    );
  const form = element("form");
  const inPath = parameters
    .filter((each) => each.in === "path")
    .map(({ name }) => {
      const input = element("input", { name, required: true });
      form.append(element("label", {}, name + " ", input), " ");
      return input;
    });
  const text = body && element("textarea", { value: JSON.stringify(resolved(body).example ?? {}, null, 2), spellcheck: false });
  if (text) form.append(element("label", {}, "Body", text));
  const answer = element("pre", { hidden: true, tabIndex: 0 });
  form.append(element("button", { textContent: "Send" }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const token = document.getElementById("token").value;
    const address = inPath.reduce((url, { name, value }) => url.replace("{" + name + "}", encodeURIComponent(value)), path);
    answer.hidden = false;
    answer.textContent = "…";
    try {
      const response = await fetch(address.slice(1) || "./", {
        method: method.toUpperCase(),
        headers: { accept: "application/json", ...(text && { "content-type": "application/json" }), ...(token && { authorization: "Bearer " + token }) },
        ...(text && { body: text.value }),
      });
      const received = await response.text();
      const isJson = /json/.test(response.headers.get("content-type") ?? "");
      const shown = isJson ? JSON.stringify(JSON.parse(received), null, 2) : received;
      answer.textContent = response.status + " " + response.statusText + "\\n\\n" + shown;
    } catch (error) {
      answer.textContent = String(error);
    }
  });
  section.append(form, answer);
  return section;
};

document.getElementById("token-field").hidden = !spec.security;
const operations = Object.entries(spec.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, details]) => operation(path, method, details)),
);
document.getElementById("operations").replaceChildren(...operations);
`;

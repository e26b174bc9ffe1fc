// Takes the pictures of the page for docs/images/ from a running server:
//   nerium serve first-model/model
//   NERIUM_CHROMIUM=chromium node scripts/screenshots.mjs http://127.0.0.1:8080
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const [url] = process.argv.slice(2);
const folder = resolve(import.meta.dirname, "../docs/images");
const text = `Victoria Ashford met engineers of Nexora in Thornville before the Lisbon Film Festival.
Dr Ashford works for Nexora. On Friday they drove to Thornville.`;

const browser = await chromium.launch({
  executablePath: process.env.NERIUM_CHROMIUM,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const pictures = {
  "page-light": { viewport: { width: 1080, height: 800 } },
  "page-dark": { viewport: { width: 1080, height: 800 }, colorScheme: "dark" },
  "page-phone": { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true },
};
for (const [name, options] of Object.entries(pictures)) {
  const page = await browser.newPage(options);
  await page.goto(url);
  await page.locator("mark").first().waitFor();
  await page.getByRole("textbox", { name: "Text" }).fill(text);
  await page.locator("tbody tr").nth(6).waitFor();
  await page.evaluate("document.activeElement.blur()");
  if (name === "page-dark") await page.getByRole("tab", { name: "TypeScript" }).click();
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();

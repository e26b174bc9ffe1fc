// Takes the pictures of a report for docs/images/:
//   nerium report first-model/model first-model/test.conll --output report.html
//   NERIUM_CHROMIUM=chromium node scripts/report-screenshots.mjs report.html
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, folder = resolve(import.meta.dirname, "../docs/images")] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.NERIUM_CHROMIUM,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const pictures = {
  "report-light": [{ viewport: { width: 1080, height: 1000 } }, "header"],
  "report-dark": [{ viewport: { width: 1080, height: 1000 }, colorScheme: "dark" }, ".error-section"],
  "report-phone": [{ viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true }, "header"],
};
for (const [name, [options, place]] of Object.entries(pictures)) {
  const page = await browser.newPage(options);
  await page.goto(pathToFileURL(resolve(report)).href);
  await page
    .locator(place)
    .first()
    .evaluate((element) => element.scrollIntoView());
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();

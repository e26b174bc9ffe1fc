// Takes the pictures of a dashboard for docs/images/ from one that shows some runs:
//   nerium dashboard my-models
//   NERIUM_CHROMIUM=chromium node scripts/dashboard-screenshots.mjs http://127.0.0.1:8090
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const [url, folder = resolve(import.meta.dirname, "../docs/images")] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.NERIUM_CHROMIUM,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const pictures = {
  "dashboard-light": { viewport: { width: 1080, height: 1000 } },
  "dashboard-phone": {
    viewport: { width: 390, height: 800 },
    isMobile: true,
    hasTouch: true,
    colorScheme: "dark",
  },
};
for (const [name, options] of Object.entries(pictures)) {
  const page = await browser.newPage(options);
  await page.goto(url);
  await page.locator("canvas").first().waitFor();
  // All runs have arrived.
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();

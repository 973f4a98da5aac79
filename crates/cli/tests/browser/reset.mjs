// Walks through the portal in Debian's chromium. ../flow/browser.rs starts it with one JSON
// argument, types the mailed code on its standard input when asked, and holds what it saw
// against the directory.

import assert from "node:assert/strict";
import readline from "node:readline";
import { chromium } from "playwright-core";
import { tap } from "./tap.mjs";

const given = JSON.parse(process.argv[2]);
const { url, host, name, password, walk, pictures, file } = given;

const proxy = await tap(given);
const browser = await chromium.launch({
  executablePath: given.chromium,
  args: [
    "--no-sandbox",
    "--no-proxy-server",
    `--host-resolver-rules=MAP ${host}:443 127.0.0.1:${proxy.port}`,
  ],
});

const desktop = { viewport: { width: 1280, height: 900 } };
const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

async function open(options) {
  // The lab's certificates are its own.
  const context = await browser.newContext({ ...options, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(30_000);
  return await context.newPage();
}

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** From the user name to the page of the new password. */
async function upToThePassword(page) {
  await page.goto(url);
  await page.locator("[name=name]").fill(name);
  await page.locator("main button[type=submit]").first().click();
  await page.waitForURL("**/reset/code");
  console.log("code?");
  const { value } = await lines.next();
  await page.locator("[name=code]").fill(value);
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL("**/reset/password");
}

async function picture(page, what) {
  await page.screenshot({ path: `${pictures}/${what}.png`, fullPage: true });
}

async function fill(page, first, second = first) {
  await page.locator("#new").fill(first);
  await page.locator("#again").fill(second);
}

/** Until the page says that the password was changed. */
async function isChanged(page) {
  await page.locator("[data-outcome=changed]").waitFor({ timeout: 90_000 });
}

/** Everything that can be put right on the page, then the reset. */
async function onADesktop() {
  const page = await open(desktop);
  await upToThePassword(page);
  await page.locator("#new").waitFor();
  assert.equal(await page.locator("#needs-script").count(), 0);
  await picture(page, "desktop-password");

  // What the page finds by itself is sent nowhere.
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  const problem = page.locator("#problem");
  for (const [first, second, words] of [
    ["", "", /Type a new password/],
    [password, `${password}x`, /not the same/],
    ["Aa1!".repeat(65), "Aa1!".repeat(65), /256/],
  ]) {
    await fill(page, first, second);
    await page.locator("#send").click();
    await problem.filter({ hasText: words }).waitFor();
    assert.equal(await problem.count(), 1);
    assert.match(await page.title(), /^Error: [^E]/);
  }
  assert.deepEqual(sent, []);
  await picture(page, "desktop-problem");

  // What the directory finds comes back with its cause, and another one can be tried.
  await fill(page, "Ab1!x");
  await page.locator("#send").click();
  await page.locator("[data-cause=password-too-short]").waitFor();
  await picture(page, "desktop-refused");

  // Pressed twice it is one request.
  await fill(page, password);
  await page.locator("#send").dblclick();
  await isChanged(page);
  await picture(page, "desktop-done");
  const submits = sent.filter((one) => new URL(one).pathname === "/reset/password");
  assert.equal(submits.length, 2, "one for each password that was sent");

  // "Back" does not lead to a form that was sent.
  await page.goBack();
  await page.goto(`${url}/reset/password`);
  await isChanged(page);
}

/** Without X25519 in the browser, in Indonesian, and with a ticket that does not hold. */
async function onAPhone() {
  const page = await open({ ...phone, locale: "id-ID" });
  await page.addInitScript(() => {
    const subtle = SubtleCrypto.prototype;
    for (const method of ["generateKey", "importKey"]) {
      const real = subtle[method];
      subtle[method] = function (...given) {
        const is = given.some((one) => one === "X25519" || one?.name === "X25519");
        if (is) return Promise.reject(new DOMException("no X25519", "NotSupportedError"));
        return real.apply(this, given);
      };
    }
  });
  await upToThePassword(page);
  await picture(page, "phone-password");
  let tampered = 0;
  await page.route("**/reset/password", async (route) => {
    const request = route.request();
    if (request.method() !== "POST" || tampered > 0) return await route.continue();
    tampered += 1;
    const body = new URLSearchParams(request.postData() ?? "");
    body.set("ticket", `${body.get("ticket")}x`);
    await route.continue({ postData: body.toString() });
  });
  await fill(page, password);
  await page.locator("#send").click();
  await isChanged(page);
  assert.equal(tampered, 1);
  await picture(page, "phone-done");
}

/** Without script, and with another script than ours: nothing can be typed. */
async function withoutScript() {
  const off = await open({ ...phone, javaScriptEnabled: false });
  await upToThePassword(off);
  await off.waitForTimeout(1_500);
  await picture(off, "phone-no-script");
  assert.ok(await off.locator("#needs-script h2").isVisible());
  assert.ok(await off.locator("#new").isDisabled());

  const page = await open(desktop);
  await page.context().addCookies(await off.context().cookies());
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.route("**/assets/portal.*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()} ` });
  });
  await page.goto(`${url}/reset/password`);
  await page.locator("#needs-script h2").waitFor();
  await page.waitForTimeout(1_500);
  assert.ok(await page.locator("#needs-script h2").isVisible());
  assert.ok(await page.locator("#new").isDisabled());
  assert.ok(said.some((line) => line.includes("integrity")), said.join("\n"));
  // And no script of a page itself runs.
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'ran'";
    document.body.append(script);
  });
  assert.notEqual(await page.title(), "ran");
  await picture(page, "desktop-other-script");
}

/** Unlocks and keeps the password: on a phone in Indonesian, without script. */
async function unlocks() {
  const page = await open({ ...phone, locale: "id-ID", javaScriptEnabled: false });
  await upToThePassword(page);
  await picture(page, "phone-unlock");
  await page.locator("#unlock button").click();
  await page.locator("[data-outcome=unlocked]").waitFor();
  await picture(page, "phone-unlocked");

  // The same page for somebody at a desk, and the second form is worth nothing any more.
  const desk = await open(desktop);
  await desk.context().addCookies(await page.context().cookies());
  await desk.goto(`${url}/reset/outcome?lang=en`);
  await desk.locator("[data-outcome=unlocked]").waitFor();
  await picture(desk, "desktop-unlocked");
  await desk.locator("main a.button").click();
  await desk.waitForURL("**/reset/password");
  await desk.locator("#new").waitFor();
  assert.equal(await desk.locator("#unlock").count(), 0);
}

try {
  await { desktop: onADesktop, phone: onAPhone, "no-script": withoutScript, unlock: unlocks }[walk]();
  console.log(`done ${await browser.version()}`);
} finally {
  await browser.close();
  proxy.close();
  process.stdin.destroy();
}

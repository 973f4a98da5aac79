// An administrator reads how writeback is doing, in Debian's chromium. ../flow/browser_console.rs
// starts it with one JSON argument, and switches writeback off when it is told to.

import assert from "node:assert/strict";
import readline from "node:readline";
import { chromium } from "playwright-core";

const given = JSON.parse(process.argv[2]);
const { url, host, ip, name, password, pictures } = given;

const browser = await chromium.launch({
  executablePath: given.chromium,
  args: ["--no-sandbox", "--no-proxy-server", `--host-resolver-rules=MAP ${host} ${ip}`],
});
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function open(options) {
  // The lab's certificates are its own.
  const context = await browser.newContext({ ...options, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(30_000);
  return await context.newPage();
}

async function picture(page, what) {
  await page.screenshot({ path: `${pictures}/${what}.png`, fullPage: true });
}

async function signIn(page, secret) {
  await page.locator("[name=name]").fill(name);
  await page.locator("[name=password]").fill(secret);
  await page.locator("main button[type=submit]").click();
}

const status = (page) => page.locator("[data-status]").getAttribute("data-status");

try {
  const desk = await open({ viewport: { width: 1280, height: 900 } });
  await desk.goto(`${url}/admin/doctor`);
  await desk.waitForURL("**/admin/sign-in");
  await picture(desk, "console-sign-in");
  await signIn(desk, `${password}x`);
  await desk.locator("[role=alert]").waitFor();
  assert.equal(await desk.locator("[name=password]").inputValue(), "");
  await signIn(desk, password);
  await desk.waitForURL("**/admin/doctor");
  await picture(desk, "console-running");
  // Others' accounts in the lab's forest may be worth a warning.
  assert.match(await status(desk), /^running(-with-warnings)?$/);
  assert.equal(await desk.locator("[data-verdict=fault]").count(), 0);
  const [cookie] = (await desk.context().cookies()).filter((it) => it.name.endsWith("-admin"));
  assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite], [true, true, "Strict"]);

  console.log("off?");
  await lines.next();
  await desk.locator("form[action='/admin/doctor'] button").click();
  await desk.locator("[data-status=switched-off]").waitFor();
  const first = desk.locator("article").first();
  assert.equal(await first.getAttribute("data-check"), "writeback-on");
  assert.match(await first.textContent(), /since [^]*What to do/);
  assert.match(await desk.locator(".history").textContent(), /Writeback works\./);
  await picture(desk, "console-switched-off");

  // The same on a phone in Indonesian, without script; then signed out in both.
  const phone = await open({
    viewport: { width: 360, height: 800 },
    deviceScaleFactor: 2,
    isMobile: true,
    javaScriptEnabled: false,
    locale: "id-ID",
  });
  await phone.context().addCookies(await desk.context().cookies());
  await phone.goto(`${url}/admin/doctor?lang=id`);
  await phone.locator("[data-status=switched-off]").waitFor();
  await picture(phone, "console-phone");
  await phone.locator("form[action='/admin/sign-out'] button").click();
  await phone.waitForURL("**/admin/sign-in");
  await desk.goto(`${url}/admin/doctor`);
  await desk.waitForURL("**/admin/sign-in");
} finally {
  await browser.close();
  process.stdin.destroy();
}

// Seals in Debian's chromium with the very function that the portal's script is built from.
// ../flow/browser.rs starts it with one JSON argument and opens what it prints.

import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const { esbuild, source, chromium: executablePath, password, keys, bound, x25519 } = JSON.parse(
  process.argv[2],
);
const script = execFileSync(esbuild, [source, "--bundle", "--format=esm", "--target=es2020"]);

// This machine counts as a secure context, which `crypto.subtle` needs.
const server = createServer((request, response) => {
  const isScript = request.url === "/seal.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? script : "<!doctype html><title>seal</title>");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--no-proxy-server"] });
try {
  const page = await browser.newPage();
  if (!x25519) {
    // A browser that lacks it, as far as the script can tell.
    await page.addInitScript(() => {
      for (const method of ["generateKey", "importKey"]) {
        const real = SubtleCrypto.prototype[method];
        SubtleCrypto.prototype[method] = function (...given) {
          const is = given.some((one) => one === "X25519" || one?.name === "X25519");
          if (is) return Promise.reject(new DOMException("no X25519", "NotSupportedError"));
          return real.apply(this, given);
        };
      }
    });
  }
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const sealed = await page.evaluate(
    async ([password, keys, bound]) => {
      const { seal } = await import("/seal.js");
      return await seal(password, keys, bound);
    },
    [password, keys, bound],
  );
  console.log(JSON.stringify(sealed));
} finally {
  await browser.close();
  server.close().closeAllConnections();
}

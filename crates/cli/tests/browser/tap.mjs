// A reverse proxy in front of the cloud that writes down all that a browser sends.

import { appendFileSync, readFileSync } from "node:fs";
import http from "node:https";

/**
 * Listens on a free port of this machine, and passes everything on to the cloud's address as
 * it came. Every request is appended to `file`: its line, its headers, its whole body.
 */
export async function tap({ ip, host, certificate, key, file }) {
  const server = http.createServer(
    { cert: readFileSync(certificate), key: readFileSync(key) },
    (request, response) => {
      const chunks = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks);
        const head = `${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n`;
        appendFileSync(file, Buffer.concat([Buffer.from(head), body, Buffer.from("\n\n")]));
        const onward = http.request(
          {
            host: ip,
            port: 443,
            servername: host,
            method: request.method,
            path: request.url,
            headers: request.headers,
            rejectUnauthorized: false,
          },
          (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
          },
        );
        onward.on("error", () => response.destroy());
        onward.end(body);
      });
    },
  );
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { port: server.address().port, close: () => server.close().closeAllConnections() };
}

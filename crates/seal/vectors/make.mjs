// Seals a password as a browser would, for `a_browsers_envelope_opens` in ../src/tests.rs.
// Prints the envelope:  npm install @hpke/core@1.9.0 && node make.mjs > browser.json
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});
// The test's key 1 is derived from 32 bytes of 1 (RFC 9180, section 7.1.3).
const pair = await suite.kem.deriveKeyPair(new Uint8Array(32).fill(1).buffer);
const text = new TextEncoder();

const PASSWORD_BYTES_MAX = 768;
const plain = new Uint8Array(2 * (2 + PASSWORD_BYTES_MAX));
const password = text.encode("Kata sandi baru 🙂 é");
new DataView(plain.buffer).setUint16(0, password.length);
plain.set(password, 2);

const key = "00000000-0000-0000-0000-000000000001";
const binding = [
  "writeback seal v1",
  "00000000-0000-0000-0000-000000000001",
  "00000000-0000-0000-0000-000000000002",
  "reset",
  "corp.test",
  "corp.test",
  "BwcHBwcHBwcHBwcHBwcHBw==",
  String(Date.parse("2026-11-23T08:00:00Z")),
  key,
].join("\n");

const sender = await suite.createSenderContext({
  recipientPublicKey: pair.publicKey,
  info: text.encode("writeback password v1"),
});
const ciphertext = await sender.seal(plain.buffer, text.encode(binding));
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
console.log(JSON.stringify({ key, encapsulated: base64(sender.enc), ciphertext: base64(ciphertext) }));

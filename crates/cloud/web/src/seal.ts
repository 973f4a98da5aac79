// Seals a password to the agents' keys, byte for byte as the crate `seal` does.

import {
  Aes256Gcm,
  CipherSuite,
  DhkemX25519HkdfSha256,
  HkdfSha256,
} from "@hpke/core";
import { DhkemX25519HkdfSha256 as PortableX25519 } from "@hpke/dhkem-x25519";

/** The one request that an envelope is good for. */
export interface Bound {
  tenant: string;
  request: string;
  operation: string;
  forest: string;
  domain: string;
  anchor: string;
  expires_at_ms: number;
}

/** The public half of an agent's key: X25519, 32 bytes in base64. */
export interface SealingKey {
  id: string;
  public: string;
}

/** A password sealed to one key. */
export interface Envelope {
  key: string;
  encapsulated: string;
  ciphertext: string;
}

/** Active Directory takes no more than so many UTF-16 units, of at most three bytes each. */
export const PASSWORD_UNITS_MAX = 256;
const PASSWORD_BYTES_MAX = 3 * PASSWORD_UNITS_MAX;
/** The new and the current password, each with its length: one size for all envelopes. */
const CONTENTS_BYTES = 2 * (2 + PASSWORD_BYTES_MAX);

const DOMAIN = "writeback seal v1";
const INFO = "writeback password v1";

const text = new TextEncoder();

export function contents(password: string): Uint8Array {
  const bytes = text.encode(password);
  if (bytes.length > PASSWORD_BYTES_MAX) throw new RangeError("the password is too long");
  const plain = new Uint8Array(CONTENTS_BYTES);
  new DataView(plain.buffer).setUint16(0, bytes.length);
  plain.set(bytes, 2);
  bytes.fill(0);
  return plain;
}

export function boundBytes(bound: Bound, key: string): Uint8Array {
  const lines = [
    DOMAIN,
    bound.tenant,
    bound.request,
    bound.operation,
    bound.forest,
    bound.domain,
    bound.anchor,
    String(bound.expires_at_ms),
    key,
  ];
  return text.encode(lines.join("\n"));
}

/** The browser's own X25519 where it has one, otherwise the library's in script. */
async function suite(): Promise<CipherSuite> {
  let kem: DhkemX25519HkdfSha256 | PortableX25519;
  try {
    await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"]);
    kem = new DhkemX25519HkdfSha256();
  } catch {
    kem = new PortableX25519();
  }
  return new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** Seals the password once for each key. */
export async function seal(
  password: string,
  keys: SealingKey[],
  bound: Bound,
): Promise<Envelope[]> {
  const hpke = await suite();
  const plain = contents(password);
  const envelopes: Envelope[] = [];
  for (const key of keys) {
    const recipientPublicKey = await hpke.kem.deserializePublicKey(fromBase64(key.public));
    const sender = await hpke.createSenderContext({
      recipientPublicKey,
      info: text.encode(INFO),
    });
    const ciphertext = await sender.seal(plain, boundBytes(bound, key.id));
    envelopes.push({
      key: key.id,
      encapsulated: toBase64(sender.enc),
      ciphertext: toBase64(ciphertext),
    });
  }
  plain.fill(0);
  return envelopes;
}

function toBase64(bytes: ArrayBuffer): string {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
}

function fromBase64(encoded: string): Uint8Array {
  return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
}

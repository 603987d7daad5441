// SPDX-License-Identifier: Apache-2.0
//
// What do @sigstore/verify and @hpke/core say? One question a line on stdin, one answer a line on stdout.
//
//     inclusion SIZE INDEX ROOT DATA HASHES          yes | no
//     checkpoint NAME ID PUBLIC BYTES                ORIGIN SIZE ROOT of a checkpoint that this key signed | no
//     tree TEXT                                      the same of a checkpoint's text, whoever signed it | no
//     envelope PUBLIC TYPE PAYLOAD SIGNATURE         yes | no
//     open PRIVATE INFO ENCAPSULATED CIPHERTEXT      the plaintext | no
//     seal PUBLIC INFO PLAINTEXT                     ENCAPSULATED CIPHERTEXT
//
// Bytes are in hex and lists joined by commas; an empty one is a dash. NODE_PATH says where the packages are.
"use strict";

const crypto = require("node:crypto");
const readline = require("node:readline");
const { verifyMerkleInclusion } = require("@sigstore/verify/dist/tlog/merkle.js");
const { LogCheckpoint, verifyCheckpoint } = require("@sigstore/verify/dist/tlog/checkpoint.js");
const { DSSESignatureContent } = require("@sigstore/verify/dist/bundle/dsse.js");
const { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } = require("@hpke/core");

// A raw Ed25519 key becomes SPKI by this prefix (RFC 8410, section 4).
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

const answers = {
  inclusion(size, index, root, data, hashes) {
    const entry = {
      canonicalizedBody: bytes(data),
      inclusionProof: { logIndex: index, hashes: hashes === "-" ? [] : hashes.split(",").map(bytes) },
    };
    verifyMerkleInclusion(entry, { logSize: BigInt(size), logHash: bytes(root) });
    return "yes";
  },

  checkpoint(name, id, key, data) {
    const entry = { inclusionProof: { checkpoint: { envelope: bytes(data).toString("utf-8") } } };
    const log = { logID: bytes(id), baseURL: name, publicKey: ed25519(key) };
    const read = verifyCheckpoint(entry, [log]);
    return told(read);
  },

  tree(text) {
    return told(LogCheckpoint.fromString(bytes(text).toString("utf-8")));
  },

  envelope(key, type, payload, signature) {
    const content = new DSSESignatureContent({
      payloadType: bytes(type).toString("utf-8"),
      payload: bytes(payload),
      signatures: [{ keyid: "", sig: bytes(signature) }],
    });
    return content.verifySignature(ed25519(key)) ? "yes" : "no";
  },

  async open(key, info, encapsulated, ciphertext) {
    const opened = await suite.open(
      { recipientKey: await suite.kem.importKey("raw", plain(key), false), enc: plain(encapsulated), info: plain(info) },
      plain(ciphertext),
    );
    return Buffer.from(opened).toString("hex");
  },

  async seal(key, info, plaintext) {
    const recipientPublicKey = await suite.kem.importKey("raw", plain(key), true);
    const sealed = await suite.seal({ recipientPublicKey, info: plain(info) }, plain(plaintext));
    return `${Buffer.from(sealed.enc).toString("hex")} ${Buffer.from(sealed.ct).toString("hex")}`;
  },
};

function told(read) {
  return `${read.origin} ${read.logSize} ${read.logHash.toString("hex")}`;
}

function bytes(text) {
  return Buffer.from(text === "-" ? "" : text, "hex");
}

// A copy in a buffer of its own: Buffer shares one, and the packages look at all of it.
function plain(text) {
  return new Uint8Array(bytes(text)).buffer;
}

function ed25519(text) {
  return crypto.createPublicKey({ key: Buffer.concat([SPKI, bytes(text)]), format: "der", type: "spki" });
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [name, ...given] = line.split(" ");
    let answer = "no";
    try {
      answer = await answers[name](...given);
    } catch (error) {
      // Refusals are answers here; whatever else went wrong must not pass for one.
      const isRefusal = ["VerificationError", "OpenError", "DecapError"].includes(error.name);
      answer = isRefusal || error.code === "TLOG_INCLUSION_PROOF_ERROR" ? "no" : `fault ${error.name} ${error.message}`;
    }
    process.stdout.write(`${answer}\n`);
  }
}

main();

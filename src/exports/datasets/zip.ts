import { inflateRawSync } from 'node:zlib';

/** How the records of a zip file begin. */
const [END, ENTRY] = [0x06054b50, 0x02014b50];

/** 1980-01-01, the first day that a zip file can have, as it writes it. */
const FIRST_DAY = 0x00210000;

/** A zip file in which every file has the same time, so that its bytes do not depend on when it was made. */
export function withFixedTimes(zip: Uint8Array): Uint8Array {
  const bytes = Buffer.from(zip);
  for (const { entry, header } of placesIn(bytes)) {
    bytes.writeUInt32LE(FIRST_DAY, entry + 12);
    bytes.writeUInt32LE(FIRST_DAY, header + 10);
  }
  return bytes;
}

/** The files in a zip file, in their order. */
export function unzipped(
  zip: Uint8Array,
): { readonly name: string; readonly content: Uint8Array }[] {
  const bytes = Buffer.from(zip);
  return placesIn(bytes).map(({ entry, header }) => {
    const nameLength = bytes.readUInt16LE(entry + 28);
    const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
    return {
      name: bytes.toString('utf8', entry + 46, entry + 46 + nameLength),
      content: inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(entry + 20))),
    };
  });
}

/** The places of each file in a zip file: its entry in the list at the end, and its own header. */
function placesIn(bytes: Buffer): { readonly entry: number; readonly header: number }[] {
  // The last record has no comment: it has 22 bytes.
  const end = bytes.length - 22;
  if (bytes.readUInt32LE(end) !== END) throw new Error('the zip file does not end as it should');
  let entry = bytes.readUInt32LE(end + 16);
  return Array.from({ length: bytes.readUInt16LE(end + 10) }, () => {
    if (bytes.readUInt32LE(entry) !== ENTRY) throw new Error('the list of the zip file is damaged');
    const place = { entry, header: bytes.readUInt32LE(entry + 42) };
    entry += 46 + [28, 30, 32].reduce((sum, at) => sum + bytes.readUInt16LE(entry + at), 0);
    return place;
  });
}

interface Digest {
  update(chunk: Uint8Array): void
  base64(): string
}

/** One step of a reflected CRC over 64 bits, kept as two halves: BigInt is some twenty times slower. */
function tableOf(polynomial: bigint): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(256)
  const low = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte += 1) {
    let sum = BigInt(byte)
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1n ? (sum >> 1n) ^ polynomial : sum >> 1n
    high[byte] = Number(sum >> 32n)
    low[byte] = Number(sum & 0xffffffffn)
  }
  return { high, low }
}

const nvme = tableOf(0x9a6c9329ac4bc9b5n)

/** The AWS CLI v2 sends this one with every upload. */
export function crc64nvme(): Digest {
  let high = 0xffffffff
  let low = 0xffffffff
  return {
    update: (chunk) => {
      for (let at = 0; at < chunk.length; at += 1) {
        const index = (low ^ chunk[at]!) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ nvme.low[index]!
        high = (high >>> 8) ^ nvme.high[index]!
      }
    },
    base64: () => {
      const bytes = Buffer.alloc(8)
      bytes.writeUInt32BE(~high >>> 0, 0)
      bytes.writeUInt32BE(~low >>> 0, 4)
      return bytes.toString('base64')
    },
  }
}

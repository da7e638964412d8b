import md5 from 'hash-wasm/dist/md5.umd.min.js'

/** An MD5 that can be kept half done: the one of Node cannot tell its state. */
export type Md5 = {
  update(bytes: Uint8Array): void
  /** Base64, about 200 characters. */
  state(): string
  hex(): string
}

export async function startMd5(state: string | null): Promise<Md5> {
  const hasher = await md5.createMD5()
  if (state === null) hasher.init()
  else hasher.load(Buffer.from(state, 'base64'))
  return {
    update: (bytes) => void hasher.update(bytes),
    state: () => Buffer.from(hasher.save()).toString('base64'),
    hex: () => hasher.digest('hex'),
  }
}

/** The one algorithm of hash-wasm: all of them would make the bundle 200 KB larger. */
declare module 'hash-wasm/dist/md5.umd.min.js' {
  export default {} as Pick<typeof import('hash-wasm'), 'createMD5'>
}

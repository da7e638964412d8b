import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const beside = (folder: string): string => join(import.meta.dirname, '..', folder)

/** The page may be served below any path, and loads nothing that is not in its folder. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  resolve: { alias: { '#core': beside('core'), '#client': beside('client') } },
  build: {
    target: 'es2024',
    // An inlined file would be a data: URL, and the policy of the page admits scripts from its folder alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
  },
})

import { createClient } from '#client/client.ts'

/** The API is beside the page, whatever serves both. */
export const api = createClient({ endpoint: new URL('.', document.baseURI).href })

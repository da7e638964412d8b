import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'

/** A folder whose files are served beside the API, and the headers that each of them is answered with. */
export type StaticFiles = { folder: string; headers?: Record<string, string> }

export type FileServer = (req: IncomingMessage, res: ServerResponse, notFound: () => void) => void

/** Files are read as they are asked for: one that is built anew is seen without a restart. */
export function createFileServer({ folder, headers = {} }: StaticFiles): FileServer {
  const serve = sirv(folder, {
    dev: true,
    etag: true,
    setHeaders: (res) => {
      for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
    },
  })
  return (req, res, notFound) => {
    if (req.method === 'GET' || req.method === 'HEAD') serve(req, res, notFound)
    else notFound()
  }
}

import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** `isSecret`: 127.0.0.1 has a few thousand ports that a web page can try; 16 million times as many it cannot. */
export type LoopbackAddress = { host: string; port: number; isSecret: boolean }

/** A free port of a random address of 127.0.0.0/8, or of 127.0.0.1 where this machine has no other. */
export async function pickLoopbackAddress(host = randomHost()): Promise<LoopbackAddress> {
  try {
    return { host, port: await freePort(host), isSecret: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error
    return { host: '127.0.0.1', port: await freePort('127.0.0.1'), isSecret: false }
  }
}

/** From 127.1.0.1 on, so that it is never one of those that people use. */
const randomHost = (): string => `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

import { availableParallelism, cpus, totalmem } from 'node:os'
import { round } from './figures.ts'

/** What the figures were measured on. */
export const host = () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  ram_gib: round(totalmem() / 1024 ** 3),
  system: `${process.platform} ${process.arch}`,
  node: process.version,
})

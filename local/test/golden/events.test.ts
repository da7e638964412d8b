import { describe } from 'vitest'
import { EVENTS } from './events.table.ts'
import { EVENT_PATTERNS } from './events-patterns.table.ts'
import { golden } from './golden.ts'

describe('events', () => golden(EVENTS, async (use) => void (await use(undefined))))
describe('patterns', () => golden(EVENT_PATTERNS, async (use) => void (await use(undefined))))

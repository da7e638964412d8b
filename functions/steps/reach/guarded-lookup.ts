import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { HostRefused, isForbiddenAddress } from './hosts.ts'

/** Resolves as Node does, and refuses a name that leads to the machine itself: what is connected to is what was looked at. */
export const guardedLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return done(error, '', 0)
    const bad = found.find(({ address }) => isForbiddenAddress(address))
    if (bad) return done(new HostRefused(`${hostname} is ${bad.address}: no job may reach it`), '', 0)
    const [first] = found
    if (options.all) done(null, found)
    else done(null, first?.address ?? '', first?.family ?? 0)
  })
}

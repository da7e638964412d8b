import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isLocalAddress } from '../endpoints.ts'

/** A name that resolves to where the steps run, or to their credentials. */
export class LocalAddressError extends Error {
  override readonly name = 'LocalAddressError'
}

/**
 * Resolves names as ever, but none to an address of the machine itself or a link-local one: what an endpoint is
 * called says nothing of where it leads.
 */
export const remoteLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, options, (error, address: string | LookupAddress[], family) => {
    const addresses = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address)
    if (error || !addresses.some(isLocalAddress)) return done(error, address, family)
    done(new LocalAddressError(`${hostname} leads to the machine that runs the steps, or link-local`), '', 0)
  })
}

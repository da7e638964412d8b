/** Stands in bundles for the SDK's event streams: no operation that the functions call has one. */
export class EventStreamSerde {
  constructor() {
    throw new Error('event streams are left out of the bundles: see infra/bundle/stand-ins.ts')
  }
}

/** Called when a client is made. */
export const resolveEventStreamSerdeConfig = <T>(config: T): T => config
export const eventStreamSerdeProvider = () => undefined

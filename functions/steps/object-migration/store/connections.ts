import { S3Client } from '@aws-sdk/client-s3'
import type { MigrationLocation } from '../template.ts'
import { clientConfig, connect } from './connect.ts'
import { settings } from './settings.ts'

/** How the steps reach the two stores, and the work bucket, which holds what they keep. */
export type Connections = {
  /** The endpoint of a location that names none. */
  defaultEndpoint: string | undefined
  connect(location: MigrationLocation): S3Client
  work: { client: S3Client; bucket: string }
  /** Before an object that failed is tried again; in ms. @default 1 s, 4 s, 15 s */
  pauses?: readonly number[]
}

let deployed: Connections | undefined

/** The connections of a deployed function, from its environment. */
export function deployedConnections(): Connections {
  const endpoint = settings.s3Endpoint()
  deployed ??= {
    defaultEndpoint: endpoint,
    connect: (location) => connect(location, location.endpoint ?? endpoint),
    work: { client: new S3Client(clientConfig({ bucket: '' }, endpoint)), bucket: settings.workBucket() },
  }
  return deployed
}

const statusByCode = {
  AccessDenied: 403,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidTag: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MetadataTooLarge: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchWebsiteConfiguration: 404,
  NotImplemented: 501,
  NotModified: 304,
  ObjectLockConfigurationNotFoundError: 404,
  PreconditionFailed: 412,
  ServiceUnavailable: 503,
  SlowDown: 503,
} as const

export type S3Code = keyof typeof statusByCode

export interface S3ErrorDetails {
  /** elements added to the XML answer, such as `BucketName` */
  fields?: Record<string, string | number>
  headers?: Record<string, string>
}

export class S3Error extends Error {
  readonly code: S3Code
  readonly status: number
  readonly fields: Record<string, string | number>
  readonly headers: Record<string, string>

  constructor(code: S3Code, message: string, details: S3ErrorDetails = {}) {
    super(message)
    this.name = code
    this.code = code
    this.status = statusByCode[code]
    this.fields = details.fields ?? {}
    this.headers = details.headers ?? {}
  }
}

export const noSuchBucket = (bucket: string) =>
  new S3Error('NoSuchBucket', `there is no bucket ${bucket}; create it first`, {
    fields: { BucketName: bucket },
  })

export const noSuchKey = (key: string) =>
  new S3Error('NoSuchKey', 'the specified key does not exist', { fields: { Key: key } })

export const noSuchUpload = (id: string) =>
  new S3Error('NoSuchUpload', 'the upload does not exist: it was completed, aborted or never created', {
    fields: { UploadId: id },
  })

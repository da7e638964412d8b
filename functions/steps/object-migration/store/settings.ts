/** The only reader of `process.env` in this template: what the stack sets for its functions. */
export const settings = {
  workBucket(): string {
    const name = process.env.WORK_BUCKET
    if (name) return name
    throw new Error('the environment variable WORK_BUCKET is not set: the stack sets it for each function')
  },
  /** An endpoint set for S3 or for all of AWS, as where all of AWS runs on one computer. */
  s3Endpoint: (): string | undefined => process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL,
}

import { writeCheck } from '../conditions.ts'
import { readXml } from '../request-body.ts'
import type { Handler, S3Data } from '../s3-data.ts'
import { S3Error } from '../s3-error.ts'
import type { S3Request } from '../s3-request.ts'
import { toXml, type XmlNode } from '../xml.ts'
import { type Element, elementsIn, type Shape, textIn } from '../xml-document.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const DELETION: Shape = {
  'Object+': { Key: 'text', 'VersionId?': 'text', 'ETag?': 'text' },
  'Quiet?': 'boolean',
}
const MAX_DELETES = 1000

/** Each object by itself: what one of them is refused for keeps no other. */
export const deleteObjects: Handler = async (request, data) => {
  data.buckets.get(request.bucket)
  const document = await readXml(request, 'Delete', DELETION)
  const asked = elementsIn(document, 'Object')
  checkAsked(asked)
  const outcomes = asked.map((object) => deleteOne(object, request, data))
  const quiet = ['true', '1'].includes(textIn(document, 'Quiet') ?? '')
  return {
    body: toXml('DeleteResult', {
      Deleted: quiet ? [] : outcomes.filter((outcome) => !('Code' in outcome)),
      Error: outcomes.filter((outcome) => 'Code' in outcome),
    }),
  }
}

function checkAsked(asked: Element[]): void {
  const empty = asked.some((object) => textIn(object, 'Key') === '')
  if (asked.length > MAX_DELETES || empty) {
    throw new S3Error(
      'MalformedXML',
      `one call deletes 1 to ${MAX_DELETES} objects, each with a key; got ${asked.length}`,
    )
  }
  // Taking it for the current version would delete another object than the one that was named.
  const version = asked
    .map((object) => textIn(object, 'VersionId'))
    .find((id) => id !== undefined && id !== 'null')
  if (version !== undefined) {
    throw new S3Error('NotImplemented', `the local S3 keeps no versions, got the VersionId ${version}`)
  }
}

function deleteOne(object: Element, request: S3Request, { objects }: S3Data): XmlNode {
  const Key = textIn(object, 'Key') ?? ''
  const etag = textIn(object, 'ETag')
  const headers: Record<string, string> = etag === undefined ? {} : { 'if-match': etag }
  try {
    objects.delete(request.bucket, Key, writeCheck({ ...request, key: Key, headers }))
    return { Key }
  } catch (error) {
    if (error instanceof S3Error) return { Key, Code: error.code, Message: error.message }
    throw error
  }
}

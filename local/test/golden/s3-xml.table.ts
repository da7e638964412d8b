import type { GoldenRow } from './golden.ts'
import { type ErrorsService, part, type Refusal, refusalsFrom, row, small } from './s3-errors.table.ts'

const API = 'https://docs.aws.amazon.com/AmazonS3/latest/API'
/** Amazon's answer to a reference that XML 1.0 does not have, measured in 2015. */
const MEASURED = 'https://github.com/basho/riak_cs/issues/974'

const deletion = (what: string, body: string): Refusal =>
  row(`a deletion ${what}`, 'POST /errors?delete', '400 MalformedXML', { body })
const completion = (what: string, inner: string): Refusal =>
  row(`a completion ${what}`, 'POST /errors/k?uploadId=ID', '400 MalformedXML', {
    body: `<CompleteMultipartUpload>${inner}</CompleteMultipartUpload>`,
  })
const one = '<Object><Key>k</Key></Object>'

/** What S3 takes for no document of its schema, where a lenient parser would see one. */
export const S3_XML: GoldenRow<ErrorsService>[] = [
  ...refusalsFrom(`${API}/API_DeleteObjects.html`, [
    deletion('without a body', ''),
    deletion('in plain text', 'k'),
    deletion('cut off', `<Delete>${one}`),
    deletion('with a second root', `<Delete>${one}</Delete><Delete/>`),
    deletion('with text behind its root', `<Delete>${one}</Delete>k`),
    deletion('of another root', `<DeleteResult>${one}</DeleteResult>`),
    deletion('with tags that cross', '<Delete><Object><Key>k</Object></Key></Delete>'),
    deletion('with an unknown element', `<Delete>${one}<Force>true</Force></Delete>`),
    deletion('with an unknown element of an object', '<Delete><Object><Key>k</Key><Name/></Object></Delete>'),
    deletion('with text between its elements', `<Delete>k${one}</Delete>`),
    deletion('with an element in a key', '<Delete><Object><Key>k<b/></Key></Object></Delete>'),
    deletion('of an object without a key', '<Delete><Object><ETag>"0"</ETag></Object></Delete>'),
    deletion('of an object with two keys', '<Delete><Object><Key>k</Key><Key>l</Key></Object></Delete>'),
    deletion('with two Quiet', `<Delete>${one}<Quiet>true</Quiet><Quiet>true</Quiet></Delete>`),
    deletion('with Quiet that is no boolean', `<Delete>${one}<Quiet>maybe</Quiet></Delete>`),
    deletion('with a lone ampersand', '<Delete><Object><Key>a & b</Key></Object></Delete>'),
    deletion(
      'with an entity of its own',
      '<!DOCTYPE Delete [<!ENTITY k "there">]><Delete><Object><Key>&k;</Key></Object></Delete>',
    ),
  ]),
  ...refusalsFrom(MEASURED, [
    deletion('of a control character', '<Delete><Object><Key>a\u0001</Key></Object></Delete>'),
    deletion('of a reference to one', '<Delete><Object><Key>a&#x1;</Key></Object></Delete>'),
    deletion('of a decimal reference to one', '<Delete><Object><Key>a&#31;</Key></Object></Delete>'),
    deletion('of a reference to half a pair', '<Delete><Object><Key>&#xd800;</Key></Object></Delete>'),
  ]),
  ...refusalsFrom(`${API}/API_CompleteMultipartUpload.html`, [
    completion('with a part without its number', `<Part><ETag>${small}</ETag></Part>`),
    completion('with a part without its ETag', '<Part><PartNumber>1</PartNumber></Part>'),
    completion(
      'with a number that is none',
      `<Part><PartNumber>one</PartNumber><ETag>${small}</ETag></Part>`,
    ),
    completion(
      'with two ETags of a part',
      `<Part><PartNumber>1</PartNumber><ETag>${small}</ETag><ETag>${small}</ETag></Part>`,
    ),
    completion('with an unknown element', `${part(1, small)}<Parts/>`),
  ]),
  ...refusalsFrom(`${API}/API_CreateBucket.html`, [
    row('a bucket of another configuration', 'PUT /fresh', '400 MalformedXML', {
      body: '<BucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></BucketConfiguration>',
    }),
    row('a bucket with an unknown setting', 'PUT /fresh', '400 MalformedXML', {
      body: '<CreateBucketConfiguration><Region>eu-west-1</Region></CreateBucketConfiguration>',
    }),
  ]),
]

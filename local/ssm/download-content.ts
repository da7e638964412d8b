import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { XMLParser } from 'fast-xml-parser'

export type Download = { type: string; info: string; directory: string; awsUrl: string }

const parser = new XMLParser({ isArray: (name) => name === 'Contents', parseTagValue: false })
type Listing = { ListBucketResult?: { Contents?: { Key: string }[] } }

/**
 * `aws:downloadContent` from a bucket of this machine: one object, or all below a prefix that ends in `/`.
 *
 * @throws Error for a source that cannot be had here
 */
export async function downloadContent({ type, info, directory, awsUrl }: Download): Promise<string> {
  if (type === '') return ''
  if (type !== 'S3') throw new Error(`content of ${type} is not downloaded here: put it into a bucket (S3)`)
  const { path = '' } = JSON.parse(info) as { path?: string }
  const [bucket = '', ...rest] = new URL(path).pathname.slice(1).split('/')
  const prefix = decodeURIComponent(rest.join('/'))
  const keys = prefix === '' || prefix.endsWith('/') ? await keysBelow(awsUrl, bucket, prefix) : [prefix]
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  for (const key of keys) {
    const file = inside(directory, key.slice(folder.length))
    await mkdir(dirname(file), { recursive: true })
    await writeFile(
      file,
      await objectOf(`${awsUrl}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`),
    )
  }
  return `Content downloaded to ${directory}\n`
}

async function keysBelow(awsUrl: string, bucket: string, prefix: string): Promise<string[]> {
  const url = `${awsUrl}/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}`
  const { ListBucketResult } = parser.parse((await objectOf(url)).toString()) as Listing
  return (ListBucketResult?.Contents ?? []).map(({ Key }) => Key).filter((key) => !key.endsWith('/'))
}

async function objectOf(url: string): Promise<Buffer> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

/** A key may have `..` in it. */
function inside(directory: string, name: string): string {
  const file = resolve(directory, name)
  if (file.startsWith(directory + sep)) return file
  throw new Error(`the key ${name} leads out of its folder`)
}

export const downloadsOf = (directory: string): string => join(directory, 'downloads')

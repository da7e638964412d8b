import { XMLParser } from 'fast-xml-parser'
import { S3Error } from './s3-error.ts'

export type XmlValue = string | number | boolean | undefined | XmlNode | readonly XmlValue[]
export interface XmlNode {
  readonly [name: string]: XmlValue
}

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

// Keys may hold control characters: S3 answers them as numeric references, although XML 1.0 has no such characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
const special = /[&<>"\u0000-\u001f\u007f\u0085\u2028]/g
const escapeText = (text: string) => text.replace(special, (char) => `&#x${char.charCodeAt(0).toString(16)};`)

function element(name: string, value: XmlValue): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('')
  return `<${name}>${content(value)}</${name}>`
}

function content(value: XmlValue): string {
  if (typeof value !== 'object') return escapeText(String(value))
  return Object.entries(value)
    .map(([name, child]) => element(name, child))
    .join('')
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

export const toXml = (root: string, value: XmlValue): string =>
  `${declaration}<${root} xmlns="${namespace}">${content(value)}</${root}>`

/** S3's error document has no namespace. */
export const toErrorXml = (value: XmlNode): string => `${declaration}<Error>${content(value)}</Error>`

/** Parsed request XML: every element is read as a list, so that one and many look the same. */
export type Parsed = { readonly [name: string]: ReadonlyArray<Parsed | string> | undefined }

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  isArray: () => true,
  processEntities: false,
  cdataPropName: '#cdata',
})

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

// The parser's own decoding drops control characters: a delete of `&#x1;a` would then delete `a`.
function decodeEntities(raw: string): string {
  return raw.replace(/&([^;]*);?/g, (reference, name: string) => {
    const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name)
    const code = digits ? Number.parseInt(digits[1] ?? digits[2] ?? '', digits[1] ? 16 : 10) : Number.NaN
    const char = code <= 0x10ffff ? String.fromCodePoint(code) : named[name]
    if (char !== undefined && reference.endsWith(';')) return char
    throw new S3Error('MalformedXML', `the body has the unknown entity ${reference}`)
  })
}

export function parseXml(text: string, root: string): Parsed {
  try {
    const document = parser.parse(text, true) as Parsed
    const found = document[root]?.[0]
    if (found !== undefined) return typeof found === 'string' ? {} : found
  } catch {
    // reported below, in S3's words
  }
  throw new S3Error('MalformedXML', `the body is not a well-formed <${root}> document`)
}

export const children = (node: Parsed, name: string): Parsed[] =>
  (node[name] ?? []).map((child) => (typeof child === 'string' ? {} : child))

export function text(node: Parsed, name: string): string | undefined {
  const found = node[name]?.[0]
  if (found === undefined) return undefined
  return typeof found === 'string' ? decodeEntities(found) : ''
}

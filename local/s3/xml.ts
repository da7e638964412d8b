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

export const toXml = (root: string, value: XmlValue, xmlns = namespace): string =>
  `${declaration}<${root} xmlns="${xmlns}">${content(value)}</${root}>`

/** S3's error document has no namespace. */
export const toErrorXml = (value: XmlNode): string => `${declaration}<Error>${content(value)}</Error>`

import { XMLParser } from 'fast-xml-parser'
import { S3Error } from './s3-error.ts'

/**
 * What a document may hold: each child's name ends in `?` (at most one), `+` (one or more), or stands for exactly
 * one. As strict as Amazon S3: whatever else stands in it makes it a MalformedXML.
 */
export type Shape = 'text' | 'number' | 'boolean' | { readonly [name: string]: Shape }

/** A document as its shape allows it: elements with children, every child as a list. */
export type Element = { readonly [name: string]: readonly (Element | string)[] }

type Node = { [name: string]: Node[] | string }

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: '#cdata',
})

/** @throws S3Error MalformedXML */
export function readDocument(bytes: Buffer, root: string, shape: Shape): Element {
  const text = decoded(bytes)
  // A document type could bring entities of its own; S3 takes none.
  if (/<!DOCTYPE/i.test(text)) throw malformed('it has a document type')
  const elements = parsed(text).filter((node) => !isBlank(node))
  const [found] = elements
  if (elements.length !== 1 || !found || nameOf(found) !== root) throw malformed(`its root is not <${root}>`)
  return elementOf(found, shape) as Element
}

function decoded(bytes: Buffer): string {
  try {
    return checkCharacters(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof S3Error) throw error
    throw malformed('it is not UTF-8')
  }
}

function parsed(text: string): Node[] {
  try {
    return parser.parse(text, true) as Node[]
  } catch (error) {
    throw malformed((error as Error).message)
  }
}

const nameOf = (node: Node): string => Object.keys(node).find((key) => key !== ':@') ?? ''
const childrenOf = (node: Node): Node[] => {
  const children = node[nameOf(node)]
  return Array.isArray(children) ? children : []
}
const isBlank = (node: Node): boolean => nameOf(node) === '#text' && String(node['#text']).trim() === ''

function elementOf(node: Node, shape: Shape): Element | string {
  if (typeof shape === 'string') return checkValue(nameOf(node), textOf(node), shape)
  const found: Record<string, (Element | string)[]> = {}
  for (const child of childrenOf(node)) {
    if (isBlank(child)) continue
    const name = nameOf(child)
    const key = [name, `${name}?`, `${name}+`].find((known) => Object.hasOwn(shape, known))
    if (key === undefined) throw malformed(`<${nameOf(node)}> holds ${name}`)
    found[name] = [...(found[name] ?? []), elementOf(child, shape[key] as Shape)]
  }
  for (const key of Object.keys(shape)) checkCount(nameOf(node), key, found)
  return found
}

function checkCount(parent: string, key: string, found: Element): void {
  const name = key.replace(/[?+]$/, '')
  const count = found[name]?.length ?? 0
  if (count === 0 && !key.endsWith('?')) throw malformed(`<${parent}> has no <${name}>`)
  if (count > 1 && !key.endsWith('+')) throw malformed(`<${parent}> has ${count} times <${name}>`)
}

function textOf(node: Node): string {
  return childrenOf(node)
    .map((child) => {
      if (nameOf(child) === '#text') return decodeEntities(String(child['#text']))
      if (nameOf(child) === '#cdata')
        return childrenOf(child)
          .map((part) => String(part['#text']))
          .join('')
      throw malformed(`<${nameOf(node)}> holds ${nameOf(child)}`)
    })
    .join('')
}

function checkValue(name: string, text: string, kind: 'text' | 'number' | 'boolean'): string {
  if (kind === 'number' && !/^\s*[+-]?\d{1,10}\s*$/.test(text)) throw malformed(`<${name}> is no number`)
  if (kind === 'boolean' && !/^\s*(true|false|1|0)\s*$/.test(text)) throw malformed(`<${name}> is no boolean`)
  return kind === 'text' ? text : text.trim()
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

// The parser's own decoding drops control characters: a delete of `&#x1;a` would then delete `a`.
function decodeEntities(raw: string): string {
  return raw.replace(/&([^;]*);?/g, (reference, name: string) => {
    const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name)
    const code = digits ? Number.parseInt(digits[1] ?? digits[2] ?? '', digits[1] ? 16 : 10) : Number.NaN
    const char = code <= 0x10ffff ? checkCharacters(String.fromCodePoint(code)) : NAMED[name]
    if (char !== undefined && reference.endsWith(';')) return char
    throw malformed(`it has the unknown entity ${reference}`)
  })
}

// XML 1.0 has no other control characters, not even as references: such keys can only be deleted one by one.
// https://www.w3.org/TR/xml/#charsets
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are refused
const NO_XML_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u

function checkCharacters(text: string): string {
  const found = NO_XML_CHARACTER.exec(text)?.[0]
  if (found === undefined) return text
  throw malformed(`it holds the character U+${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function malformed(reason: string): S3Error {
  return new S3Error('MalformedXML', `the body is not well-formed, or not as its schema says: ${reason}`)
}

export const elementsIn = (element: Element, name: string): Element[] =>
  (element[name] ?? []).filter((child) => typeof child !== 'string')

export function textIn(element: Element, name: string): string | undefined {
  const found = element[name]?.[0]
  return typeof found === 'string' ? found : undefined
}

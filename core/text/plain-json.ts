import { replaceControl } from './control.ts'

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** JSON without a raw control character (it escapes those below U+0020 itself, no others); means the same. */
export const plainJson = (value: unknown): string => replaceControl(JSON.stringify(value), escaped)

/** JSON leaves these as they are: a terminal obeys some of them, and a line reader breaks at others. */
const RAW = /[\u007f-\u009f\u2028\u2029]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** JSON without a raw control character; means the same. */
export const plainJson = (value: unknown): string => JSON.stringify(value).replace(RAW, escaped)

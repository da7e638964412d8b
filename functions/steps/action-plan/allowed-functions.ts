/** Which functions actions may call: those whose names begin so, but none of the product's own. */
export type FunctionRules = { prefixes: string[]; own: string }

/** As the stack writes them: `acme-*,ops-*`, and how its own functions' names begin. */
export const functionRules = (allowed: string | undefined, own: string | undefined): FunctionRules => ({
  prefixes: (allowed ?? '')
    .split(',')
    .filter(Boolean)
    .map((pattern) => pattern.replace(/\*$/, '')),
  own: own ?? '',
})

/** Why the function may not be called; null where it may. */
export function whyNotCalled(name: string, { prefixes, own }: FunctionRules): string | null {
  if (own && name.startsWith(own)) return `is ${name}, a function of the product itself`
  if (prefixes.some((prefix) => name.startsWith(prefix))) return null
  const known = prefixes.map((prefix) => `${prefix}*`).join(', ')
  return `is ${name}: whoever runs this stack allows functions named ${known}`
}

/** So deep jobs may wait for each other, as jobs of actions may. */
const MOST_DEEP = 3

/** Which templates' jobs wait for executions of which machines. */
export class Nesting {
  private readonly children = new Map<string, Set<string>>()

  add(template: string, childArn: string): void {
    const known = this.children.get(template) ?? new Set()
    this.children.set(template, known.add(childArn))
  }

  /** The chains that are too deep, or never end. `templateOf`: of a machine, where it is a template's. */
  faults(templateOf: (arn: string) => string | undefined): string[] {
    const below = (template: string): string[] =>
      [...(this.children.get(template) ?? [])].map(templateOf).filter((name) => name !== undefined)
    const tooDeep = (chain: string[]): string | undefined => {
      if (chain.length > MOST_DEEP) return chain.join(' > ')
      for (const next of below(chain.at(-1)!)) {
        const found = tooDeep([...chain, next])
        if (found) return found
      }
      return undefined
    }
    return [...this.children.keys()]
      .map((template) => tooDeep([template]))
      .filter((chain) => chain !== undefined)
      .map((chain) => `jobs wait for jobs ${MOST_DEEP} deep at most: ${chain}`)
  }
}

import { compileRule, type Names, type Rule, type RuleOptions } from './rule.ts'

/** The buses of the template and the rules on them. */
export class RuleBook {
  readonly #names: Names
  readonly #buses = new Map<string, Map<string, Rule>>([['default', new Map()]])

  constructor(names: Names) {
    this.#names = names
  }

  addBus(name: string): void {
    if (!this.#buses.has(name)) this.#buses.set(name, new Map())
  }

  add(options: RuleOptions): void {
    const rules = this.#buses.get(options.busName)
    if (!rules) throw new Error(`rule ${options.name}: ${this.#noBus(options.busName)}`)
    rules.set(options.name, compileRule(this.#names, options))
  }

  busNames(): string[] {
    return [...this.#buses.keys()]
  }

  hasBus(name: string): boolean {
    return this.#buses.has(name)
  }

  on(busName: string): Rule[] {
    return [...(this.#buses.get(busName)?.values() ?? [])]
  }

  find(busName: string, name: string): Rule | undefined {
    return this.#buses.get(busName)?.get(name)
  }

  scheduled(): Rule[] {
    return this.busNames().flatMap((name) => this.on(name).filter(({ periodMs }) => periodMs !== undefined))
  }

  matching(busName: string, event: unknown): Rule[] {
    if (!this.#buses.has(busName)) throw new Error(this.#noBus(busName))
    return this.on(busName).filter((rule) => rule.enabled && rule.matches(event))
  }

  #noBus(name: string): string {
    return `there is no event bus ${name}; add it first (known: ${this.busNames().join(', ')})`
  }
}

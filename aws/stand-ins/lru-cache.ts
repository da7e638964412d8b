/**
 * Stands in bundles for `mnemonist/lru-cache`, in which the SDK keeps the endpoints that a service has told it: that
 * one is made of typed arrays for a thousand entries, and is nine times as large.
 */
export default class LruCache<Value> {
  private readonly capacity: number
  private readonly values = new Map<string, Value>()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  has(key: string): boolean {
    return this.values.has(key)
  }

  peek(key: string): Value | undefined {
    return this.values.get(key)
  }

  get(key: string): Value | undefined {
    const value = this.values.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }

  /** A map keeps the order in which keys came: the first is the one used longest ago. */
  set(key: string, value: Value): void {
    this.values.delete(key)
    this.values.set(key, value)
    if (this.values.size > this.capacity) this.values.delete(this.values.keys().next().value!)
  }

  clear(): void {
    this.values.clear()
  }
}

import type { Page } from './jobs.ts'

/**
 * The items of all pages, one after another.
 *
 * @example for await (const job of eachItem((next_token) => client.jobs({ next_token }))) { ... }
 */
export async function* eachItem<Item>(
  page: (next_token: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void> {
  let token: string | undefined
  do {
    const { items, next_token } = await page(token)
    yield* items
    token = next_token ?? undefined
  } while (token)
}

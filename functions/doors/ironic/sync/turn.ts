import type { DoorRecords } from '#engine/door-records.ts'
import type { Node } from '../node/node.ts'
import type { Nodes } from '../node/nodes.ts'

/** The node up to which the last run came. */
type Cursor = { project: string; after: string | null }

const KEY = { set: 'node-sync', id: 'cursor' }

/** The nodes whose turn it is, at most so many: all of all projects, one run after the other, then from the start again. */
export async function nextNodes(nodes: Nodes, records: DoorRecords, most: number): Promise<Node[]> {
  const found = await records.get<Cursor>(KEY)
  const { turn, cursor } = await collect(nodes, found?.value ?? null, most)
  // Lost where two runs overlap: the nodes are then looked at twice.
  await records.write([{ ...KEY, from: found?.version ?? null, to: cursor }])
  return turn
}

async function collect(
  nodes: Nodes,
  from: Cursor | null,
  most: number,
): Promise<{ turn: Node[]; cursor: Cursor | null }> {
  const turn: Node[] = []
  const projects = (await nodes.projects()).filter((project) => from === null || project >= from.project)
  for (const project of projects) {
    let after = project === from?.project ? from.after : null
    do {
      const limit = most - turn.length
      const page = await nodes.page(project, { limit, ...(after === null ? {} : { after }) })
      turn.push(...page.items)
      after = page.next
      if (turn.length >= most) return { turn, cursor: { project, after: after ?? turn.at(-1)?.uuid ?? null } }
    } while (after !== null)
  }
  return { turn, cursor: null }
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs'

type Tag = { Key: string; Value: string }
type Target = { Key: string; Values: string[] }

export type NodeTags = {
  add(node: string, tags: Tag[]): void
  /** The nodes that every target fits; `InstanceIds` as a target's key names them. */
  nodesOf(targets: Target[]): string[]
}

/** Tags of managed nodes, as AddTagsToResource sets them, in a file. */
export function createNodeTags(file: string): NodeTags {
  const read = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>)
    : {}
  const nodes = new Map(Object.entries(read))
  const fits = (node: string, { Key, Values }: Target): boolean => {
    const tags = nodes.get(node) ?? {}
    if (Key === 'tag-key') return Values.some((value) => Object.hasOwn(tags, value))
    const name = Key.replace(/^tag:/, '')
    return Object.hasOwn(tags, name) && Values.includes(tags[name]!)
  }
  return {
    add(node, tags) {
      const added = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
      nodes.set(node, { ...nodes.get(node), ...added })
      writeFileSync(file, JSON.stringify(Object.fromEntries(nodes)), { mode: 0o600 })
    },
    nodesOf(targets) {
      const named = targets.find(({ Key }) => Key === 'InstanceIds')
      const others = targets.filter((target) => target !== named)
      return (named?.Values ?? [...nodes.keys()]).filter((node) =>
        others.every((target) => fits(node, target)),
      )
    },
  }
}

import type { Handler } from '../s3-data.ts'
import { toXml } from '../xml.ts'

export const getObjectTagging: Handler = ({ bucket, key }, { objects }) => {
  const tags = objects.get(bucket, key).tags.map((tag) => ({ Key: tag.key, Value: tag.value }))
  return { body: toXml('Tagging', { TagSet: { Tag: tags } }) }
}

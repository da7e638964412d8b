import { readXml } from '../body.ts'
import type { Handler } from '../store.ts'
import { tagsFromXml } from '../stored-headers.ts'
import { toXml } from '../xml.ts'

export const getObjectTagging: Handler = ({ bucket, key }, { objects }) => {
  const tags = objects.get(bucket, key).tags.map((tag) => ({ Key: tag.key, Value: tag.value }))
  return { body: toXml('Tagging', { TagSet: { Tag: tags } }) }
}

export const putObjectTagging: Handler = async (request, { objects }) => {
  const tags = tagsFromXml(await readXml(request, 'Tagging'))
  objects.setTags(request.bucket, request.key, tags)
  return {}
}

export const deleteObjectTagging: Handler = ({ bucket, key }, { objects }) => {
  objects.setTags(bucket, key, [])
  return { status: 204 }
}

import { foreignStore } from './foreign-store.ts'

/** A store whose ETags are no MD5s: they tell a change and nothing more. */
export const opaqueEtags = (target: string) =>
  foreignStore(target, {
    request: ({ headers }) => {
      const asked = headers['if-match']
      if (typeof asked === 'string') headers['if-match'] = asked.replace(/^"opaque-/, '"')
      return undefined
    },
    answer: (_request, answer) => {
      const { etag } = answer.headers
      if (typeof etag === 'string') answer.headers.etag = etag.replace(/^"/, '"opaque-')
      const type = String(answer.headers['content-type'])
      if (!type.includes('xml')) return undefined
      answer.body = answer.body.toString().replace(/<ETag>([^<]*?)([0-9a-f]{32})/g, '<ETag>$1opaque-$2')
      return undefined
    },
  })

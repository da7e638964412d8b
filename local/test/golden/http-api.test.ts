import { type StartedApi, startApi } from '../http-api/start-api.ts'
import { golden } from './golden.ts'
import { HTTP_API } from './http-api.table.ts'

golden(HTTP_API, async (use: (api: StartedApi) => unknown) => {
  const api = await startApi()
  try {
    await use(api)
  } finally {
    await api.close()
  }
})

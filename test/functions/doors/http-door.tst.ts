import { API } from '#functions/api/routes.ts'
import { CONTRAIL } from '#functions/doors/contrail/routes.ts'
import { type HttpHandler, httpDoor } from '#functions/middleware/http-door.ts'
import { JSON_API } from '#functions/middleware/json-api.ts'
import { THINGS } from './based-door.ts'

// What the compiler says of a door; nothing runs here.

declare const handle: HttpHandler

httpDoor({ door: CONTRAIL, bundle: 'api/abort-job', handlers: { abortJob: handle }, ...JSON_API })

// @ts-expect-error the table gives the function another use case
httpDoor({ door: CONTRAIL, bundle: 'api/abort-job', handlers: { executeJob: handle }, ...JSON_API })

// @ts-expect-error three more use cases need a handler
httpDoor({ door: API, bundle: 'api/jobs', handlers: { listJobs: handle }, ...JSON_API })

// @ts-expect-error the table names no such function
httpDoor({ door: CONTRAIL, bundle: 'api/jobs', handlers: {}, ...JSON_API })

// @ts-expect-error a door with a base has one function, which needs a handler for every use case
httpDoor({ door: THINGS, bundle: 'doors/things', handlers: { versions: handle }, ...JSON_API })

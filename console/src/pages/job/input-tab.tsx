import type { JobView } from '#core/api/answers.ts'
import { Json } from '../../job/json.tsx'

export const InputTab = ({ job }: { job: JobView }) => <Json value={job.input} what="the input" />

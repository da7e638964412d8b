import Button from '@cloudscape-design/components/button'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { JobView } from '#core/api/answers.ts'
import { api } from '../../api/api.ts'
import { flash } from '../../app/flashes.ts'

/** Tries once more what a failed clean-up left behind. */
export function RepeatCleanUp({ job }: { job: JobView }) {
  const id = job.job_execution_id
  const queries = useQueryClient()
  const isRunning = job.clean_up !== null && job.clean_up.ended_at === null
  const repeat = useMutation({
    mutationFn: () => api.cleanUp(id),
    onSuccess: () => flash({ type: 'info', header: 'The clean-up is repeated' }),
    onError: (error) =>
      flash({ type: 'error', header: 'The clean-up was not repeated', content: error.message }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['job', id] }),
  })
  return (
    <Button onClick={() => repeat.mutate()} loading={repeat.isPending || isRunning}>
      Repeat clean-up
    </Button>
  )
}

import Button from '@cloudscape-design/components/button'
import { useMutation } from '@tanstack/react-query'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { jobHref, navigate } from '../../app/location.ts'

const sleep = (uuid: string, duration: number, parents: string[] = []) => ({
  uuid,
  action_type: 'sleep',
  input_parameters: { duration },
  parents,
})

/** A plan whose actions do nothing but wait: it touches nothing, and takes two minutes. */
async function startDemo(): Promise<string> {
  const [first, second, third, last] = Array.from({ length: 4 }, () => crypto.randomUUID()) as [
    string,
    string,
    string,
    string,
  ]
  const actions = [
    sleep(first, 15),
    sleep(second, 60),
    sleep(third, 45, [first]),
    sleep(last, 60, [second, third]),
  ]
  const { uuid } = await api.actionPlans.create({ name: 'demo', actions })
  const { job_execution_id } = await api.actionPlans.start(uuid)
  if (job_execution_id === null) throw new Error('the demo has no job')
  return job_execution_id
}

export function StartDemo() {
  const start = useMutation({
    mutationFn: startDemo,
    onSuccess: (id) => navigate(jobHref(id).slice(1)),
  })
  return (
    <>
      {start.error && <ProblemAlert error={start.error} />}
      <Button onClick={() => start.mutate()} loading={start.isPending}>
        Start a demo job
      </Button>
    </>
  )
}

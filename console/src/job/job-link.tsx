import Link from '@cloudscape-design/components/link'
import { jobHref } from '../app/location.ts'
import { ShortId } from './names.tsx'

/** To the page of the job; a dash where there is none. */
export function JobLink({ id }: { id: string | null }) {
  if (id === null) return '–'
  return (
    <Link href={jobHref(id)} className="job-link" ariaLabel={`Job ${id}`}>
      <ShortId id={id} />
    </Link>
  )
}

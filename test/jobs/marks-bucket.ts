/** The bucket in which laboratory steps leave their marks, and in which they look for their release. */
export const MARKS_BUCKET = 'standdown-lab-marks'

/** The object that lets a held step of a job go on. */
export const releaseKey = (jobId: string, step: string): string => ['released', jobId, step].join('/')

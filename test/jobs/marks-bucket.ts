/** The bucket in which laboratory steps leave their marks, and in which they look for their release. */
export const MARKS_BUCKET = 'standdown-lab-marks'

/** The object that lets a held step of a job go on. */
export const releaseKey = (jobId: string, step: string): string => ['released', jobId, step].join('/')

/** The mark of a call of the planned function, and the object that stops it. */
export const plannedMark = (action: string, what: string): string => ['planned', action, what].join('/')
export const plannedStop = (action: string): string => ['planned-stop', action].join('/')
/** The object that stands for something outside of a job that its steps have set up. */
export const outsideKey = (jobId: string, thing: string): string => ['outside', jobId, thing].join('/')

/** The path of a job: no path can hold `.` and `..`, which are encoded twice. */
export const jobPath = (id: string): string =>
  `/jobs/${/^\.{1,2}$/.test(id) ? id.replaceAll('.', '%252E') : encodeURIComponent(id)}`

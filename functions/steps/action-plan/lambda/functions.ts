export type Call = {
  functionName: string
  payload: object
  /** Seconds. */
  timeout: number
  signal: AbortSignal
}

/**
 * How a call ended. `error`: the function's own; `late`: no answer within the call's time; `lost`: it may have run;
 * `busy`: it was certainly not run, for now; `refused`: nor will it be.
 */
export type Called =
  | { kind: 'answer'; answer: unknown }
  | { kind: 'error'; type: string; message: string }
  | { kind: 'late' | 'lost' | 'busy' | 'refused'; why: string }

/** Functions of the account. Throws nothing but the reason of the call's signal. */
export interface Functions {
  call(call: Call): Promise<Called>
}

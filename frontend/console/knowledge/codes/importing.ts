/** The way of a file with error codes: chosen, tried, found right or wrong, taken over. Pure. */
import type { ImportResult } from '../types'

export type Step =
  | { name: 'choose'; error: unknown }
  | { name: 'checking'; file: File }
  | { name: 'checked'; file: File; result: ImportResult }
  | { name: 'importing'; file: File; result: ImportResult }
  | { name: 'done'; result: ImportResult }
export type Happening =
  | { type: 'chosen'; file: File }
  | { type: 'checked'; result: ImportResult }
  | { type: 'confirmed' }
  | { type: 'imported'; result: ImportResult }
  | { type: 'failed'; error: unknown }
  | { type: 'again' }

export const START: Step = { name: 'choose', error: null }

export function nextStep(step: Step, happening: Happening): Step {
  switch (happening.type) {
    case 'chosen':
      return { name: 'checking', file: happening.file }
    case 'checked':
      // Also an import that was refused as a whole: nothing has changed, and the lines are named.
      return step.name === 'checking' || step.name === 'importing'
        ? { name: 'checked', file: step.file, result: happening.result }
        : step
    case 'confirmed':
      return step.name === 'checked' && mayImport(step.result) ? { ...step, name: 'importing' } : step
    case 'imported':
      return { name: 'done', result: happening.result }
    case 'failed':
      return { name: 'choose', error: happening.error }
    case 'again':
      return START
  }
}

/** Only a file without a problem that changes something is taken over. */
export function mayImport({ problem_count, new: fresh, changed }: ImportResult): boolean {
  return problem_count === 0 && fresh + changed > 0
}

/** The counts and problems that a refused import tells (422), or null for any other failure. */
export function refusedResult(details: unknown): ImportResult | null {
  const result = details as Partial<ImportResult> | null
  return Array.isArray(result?.problems) ? (result as ImportResult) : null
}

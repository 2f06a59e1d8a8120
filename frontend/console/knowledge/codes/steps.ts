/** A list of steps as it is edited. Pure. */

/** `lines` in the place of one step. */
export function withSteps(steps: string[], index: number, lines: string[]): string[] {
  return steps.toSpliced(index, 1, ...lines)
}

/** The step is written on at the end of the one before it. */
export function joinedSteps(steps: string[], index: number): string[] {
  return steps.toSpliced(index - 1, 2, `${steps[index - 1] ?? ''}${steps[index] ?? ''}`)
}

/** Listening in on what a page does by script. The page gets what it would have got, and its own back at the end. */

/** Calls `after` with the object whenever this method was called on it. The result undoes it. */
export function patchMethod<T extends object>(owner: T, name: keyof T & string, after: (self: T) => void): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  const original = before?.value as ((...values: unknown[]) => unknown) | undefined
  if (!before || !original) return () => {}
  return replace(owner, name, before, (isOn) => ({
    ...before,
    value(this: T, ...values: unknown[]) {
      const result = original.apply(this, values)
      if (isOn()) after(this)
      // `replace` of a sheet is done later than it returns.
      if (result instanceof Promise) result.then(() => isOn() && after(this)).catch(() => {})
      return result
    },
  }))
}

/** The same for what is assigned. */
export function patchSetter<T extends object>(owner: T, name: keyof T & string, after: (self: T) => void): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  const set = before?.set
  if (!before || !set) return () => {}
  return replace(owner, name, before, (isOn) => ({
    ...before,
    set(this: T, value: unknown) {
      set.call(this, value)
      if (isOn()) after(this)
    },
  }))
}

/** Somebody may have patched it after us: then ours stays below theirs and does nothing. */
function replace(
  owner: object,
  name: string,
  before: PropertyDescriptor,
  make: (isOn: () => boolean) => PropertyDescriptor,
): () => void {
  let isOn = true
  const mine = make(() => isOn)
  Object.defineProperty(owner, name, mine)
  return () => {
    isOn = false
    const now = Object.getOwnPropertyDescriptor(owner, name)
    if (now?.value === mine.value && now?.set === mine.set) Object.defineProperty(owner, name, before)
  }
}

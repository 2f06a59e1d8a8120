/** A mail address that breaks behind its @ first, and inside a part only where that alone is too wide. */
export function Address({ value }: { value: string }) {
  const at = value.lastIndexOf('@') + 1
  return (
    <span className="address">
      {at > 0 && <span>{value.slice(0, at)}</span>}
      {at > 0 && <wbr />}
      <span>{value.slice(at)}</span>
    </span>
  )
}

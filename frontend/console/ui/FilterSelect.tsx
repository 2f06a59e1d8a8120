type Option = { value: string; label: string }
type FilterSelectProps = {
  label: string
  all: string
  value: string
  options: Option[]
  onChange: (value: string) => void
}

/** One of several, or all of them. */
export function FilterSelect({ label, all, value, options, onChange }: FilterSelectProps) {
  return (
    <select
      className="select select-small"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}

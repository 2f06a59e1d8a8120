import { Search } from 'lucide-react'

interface Props {
  label: string
  value: string
  onChange: (text: string) => void
}

/** The field above a list that narrows it while one types. */
export function ListSearch({ label, value, onChange }: Props) {
  return (
    <div className="list-search">
      <Search size={16} aria-hidden="true" />
      <input
        type="search"
        className="input"
        value={value}
        aria-label={label}
        placeholder={label}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}

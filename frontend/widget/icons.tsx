/** The few icons of the widget, drawn from lucide (ISC licence). */
const PATHS = {
  chat: 'M3 16.3a2 2 0 0 1 .1 1.2L2 20.8A1 1 0 0 0 3.2 22l3.4-1a2 2 0 0 1 1.1.1A10 10 0 1 0 3 16.3',
  close: 'M18 6 6 18M6 6l12 12',
  send: 'm5 12 7-7 7 7M12 19V5',
  clip: 'm16 6-8.4 8.6a2 2 0 0 0 2.8 2.8l8.4-8.6a4 4 0 1 0-5.6-5.6l-8.4 8.5a6 6 0 1 0 8.5 8.5l8.3-8.5',
  search: 'm21 21-4.34-4.34M19 11a8 8 0 1 1-16 0 8 8 0 0 1 16 0',
  left: 'm15 18-6-6 6-6',
  right: 'm9 18 6-6-6-6',
  check: 'M20 6 9 17l-5-5',
  seen: 'M18 6 7 17l-5-5M22 10l-7.5 7.5L13 16',
  clock: 'M12 6v6l4 2M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0',
  alert: 'M12 8v4M12 16h.01M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0',
  file: 'M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.7.7l3.6 3.6A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2zM14 2v5a1 1 0 0 0 1 1h5',
  mail: 'm22 7-9 5.7a2 2 0 0 1-2 0L2 7M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2',
} as const

export type IconName = keyof typeof PATHS

/** Decoration by itself; with a label it speaks. */
export function Icon({ name, label, size = 20 }: { name: IconName; label?: string; size?: 16 | 20 | 24 }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={!label}
    >
      <path d={PATHS[name]} />
    </svg>
  )
}

/** The icons of the agent's view, drawn from lucide (ISC licence). */
const PATHS = {
  eye: 'M2 12.3a1 1 0 0 1 0-.6 10.8 10.8 0 0 1 20 0 1 1 0 0 1 0 .6 10.8 10.8 0 0 1-20 0M15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0',
  pointer: 'M4 4.7a.5.5 0 0 1 .7-.7l16 6.5a.5.5 0 0 1 0 .9l-6.2 1.6a2 2 0 0 0-1.4 1.4L11.5 20.6a.5.5 0 0 1-1 0z',
  highlight:
    'M5 3a2 2 0 0 0-2 2M19 3a2 2 0 0 1 2 2M5 21a2 2 0 0 1-2-2M9 3h1M9 21h2M14 3h1M3 9v1M21 9v2M3 14v1M12 12l9 3.4-3.7 1.8L15.5 21z',
  draw: 'M21.2 6.8a1 1 0 0 0-4-4L3.8 16.2a2 2 0 0 0-.5.8l-1.3 4.4a.5.5 0 0 0 .6.6L7 20.7a2 2 0 0 0 .8-.5zM15 5l4 4',
  hand: 'M18 11.5V9a2 2 0 0 0-4 0v1.4M14 10V8a2 2 0 0 0-4 0v2M10 9.9V9a2 2 0 0 0-4 0v5M6 14a2 2 0 0 0-4 0M18 11a2 2 0 1 1 4 0v3a8 8 0 0 1-8 8h-4a8 8 0 0 1-8-8 2 2 0 1 1 4 0',
  clear: 'M21 21H8a2 2 0 0 1-1.4-.6l-4-4a2 2 0 0 1 0-2.8L13 3.2a2 2 0 0 1 2.8 0l5.2 5.2a2 2 0 0 1 0 2.8L11 21M5 11l9 9',
  larger: 'M19 11a8 8 0 1 1-16 0 8 8 0 0 1 16 0M21 21l-4.3-4.3M11 8v6M8 11h6',
  smaller: 'M19 11a8 8 0 1 1-16 0 8 8 0 0 1 16 0M21 21l-4.3-4.3M8 11h6',
  fit: 'M3 7V5a2 2 0 0 1 2-2h2M17 3h2a2 2 0 0 1 2 2v2M21 17v2a2 2 0 0 1-2 2h-2M7 21H5a2 2 0 0 1-2-2v-2',
  follow: 'M12 3v14M19 12l-7 7-7-7M19 21H5',
  keys: 'M10 8h.01M12 12h.01M14 8h.01M16 12h.01M18 8h.01M6 8h.01M7 16h10M8 12h.01M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2',
  close: 'M18 6 6 18M6 6l12 12',
  people:
    'M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M16 3.1a4 4 0 0 1 0 7.8M22 21v-2a4 4 0 0 0-3-3.9M13 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0',
  line: 'M2 20h.01M7 20v-4M12 20v-8M17 20V8M22 4v16',
  more: 'M12 12h.01M19 12h.01M5 12h.01',
  clock: 'M12 6v6l4 2M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0',
  play: 'M6 4v16l14-8z',
  pause: 'M10 4H6v16h4zM18 4h-4v16h4z',
} as const

export type IconName = keyof typeof PATHS

/** Decoration: the words stand beside it or in the name of its button. */
export function Icon({ name, size = 16 }: { name: IconName; size?: 16 | 20 | 28 }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}

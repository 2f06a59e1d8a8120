import { type RefObject, useEffect, useEffectEvent, useState } from 'react'

/** Takes files that are dropped on an element; true while some hover over it. */
export function useFileDrop(
  target: RefObject<HTMLElement | null>,
  enabled: boolean,
  onFiles: (files: Iterable<File>) => void,
): boolean {
  const [over, setOver] = useState(false)
  const onDrag = useEffectEvent((event: DragEvent) => {
    event.preventDefault()
    setOver(enabled && event.type === 'dragover')
    if (enabled && event.type === 'drop') onFiles([...(event.dataTransfer?.files ?? [])])
  })
  useEffect(() => {
    const element = target.current
    const listener = (event: DragEvent) => onDrag(event)
    const kinds = ['dragover', 'dragleave', 'drop'] as const
    for (const kind of kinds) element?.addEventListener(kind, listener)
    return () => {
      for (const kind of kinds) element?.removeEventListener(kind, listener)
    }
  }, [target])
  return over
}

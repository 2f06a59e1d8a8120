import type { ComponentProps, MouseEvent } from 'react'
import { go } from './router'

type LinkProps = Omit<ComponentProps<'a'>, 'href'> & { to: string }

/** A real link (open in a new tab works) that stays on the page when clicked plainly. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    if (event.defaultPrevented || !plain) return
    event.preventDefault()
    go(to)
  }
  return <a href={to} onClick={follow} {...rest} />
}

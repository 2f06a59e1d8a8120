import { useI18n } from '../i18n'
import { useNow } from './clock'

/** "3 minutes ago", with the exact time on hover. */
export function RelativeTime({ at }: { at: string }) {
  const { format } = useI18n()
  const now = useNow()
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.relative(at, now)}
    </time>
  )
}

/** "14:05", with the whole date on hover. */
export function ClockTime({ at }: { at: string }) {
  const { format } = useI18n()
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.clock(at)}
    </time>
  )
}

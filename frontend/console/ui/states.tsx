import { CircleAlert, type LucideIcon, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeError } from '../app/errors'
import { useI18n } from '../i18n'
import { Button } from './Button'

type EmptyProps = { icon: LucideIcon; title: string; text?: string; heading?: 'h1' | 'h2'; children?: ReactNode }

/** What belongs here, and the one thing to do. */
export function EmptyState({ icon: Icon, title, text, heading: Heading = 'h2', children }: EmptyProps) {
  return (
    <div className="state">
      <span className="state-icon">
        <Icon size={24} aria-hidden="true" />
      </span>
      <Heading className="state-title">{title}</Heading>
      {text && <p className="state-text">{text}</p>}
      {children}
    </div>
  )
}

type ErrorProps = { error: unknown; onRetry?: () => void; heading?: 'h1' | 'h2' }

/** What happened, what to do, and a way to try again. */
export function ErrorState({ error, onRetry, heading: Heading = 'h2' }: ErrorProps) {
  const { t } = useI18n()
  return (
    <div className="state" role="alert">
      <span className="state-icon state-icon-bad">
        <CircleAlert size={24} aria-hidden="true" />
      </span>
      <Heading className="state-title">{t('error.title')}</Heading>
      <p className="state-text">{describeError(error, t)}</p>
      {onRetry && (
        <Button icon={RotateCw} onClick={onRetry}>
          {t('common.retry')}
        </Button>
      )}
    </div>
  )
}

/** Grey lines of the size of what is coming; said once to screen readers. */
export function Skeleton({ rows, height }: { rows: number; height: number }) {
  const { t } = useI18n()
  return (
    <div className="skeleton" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={index} className="skeleton-row" style={{ height }}>
          <span className="skeleton-bar" />
          <span className="skeleton-bar skeleton-bar-short" />
        </div>
      ))}
    </div>
  )
}

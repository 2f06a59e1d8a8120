import { Eye } from 'lucide-react'
import { useState } from 'react'
import { useI18n } from '../i18n'
import type { Item } from '../resource/spec'
import { Button } from '../ui/Button'
import { CopyBox } from '../ui/CopyBox'

/** The line for the web site's pages, and the secret that proves who is signed in there. */
export function SiteSnippet({ item }: { item: Item }) {
  const { t } = useI18n()
  const [shown, setShown] = useState(false)
  return (
    <section className="extra">
      <h3>{t('sites.snippet')}</h3>
      <p className="muted">{t('sites.snippet_text')}</p>
      <CopyBox label={t('sites.snippet')} text={String(item.snippet ?? '')} />
      {typeof item.identity_secret === 'string' && (
        <>
          <h3>{t('sites.secret')}</h3>
          <p className="muted">{t('sites.secret_text')}</p>
          {shown ? (
            <CopyBox label={t('sites.secret')} text={item.identity_secret} />
          ) : (
            <Button icon={Eye} onClick={() => setShown(true)}>
              {t('sites.secret_show')}
            </Button>
          )}
        </>
      )}
    </section>
  )
}

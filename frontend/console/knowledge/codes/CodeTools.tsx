import { Download, Upload } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../../app/me'
import { useI18n } from '../../i18n'
import { Button } from '../../ui/Button'
import { ImportDialog } from './ImportDialog'

const EXPORT = '/api/kb/error-codes/export?format='

/** All error codes as a file, and a file as error codes. */
export function CodeTools() {
  const { t } = useI18n()
  const mayImport = useMay('publish_knowledge')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      {mayImport && (
        <Button icon={Upload} onClick={() => setOpen(true)}>
          {t('import.open')}
        </Button>
      )}
      {(['csv', 'json'] as const).map((format) => (
        <a key={format} className="button button-outline" href={EXPORT + format} download>
          <Download size={16} aria-hidden="true" />
          {t('export.as', { format: format.toUpperCase() })}
        </a>
      ))}
      <ImportDialog open={isOpen} onClose={() => setOpen(false)} />
    </>
  )
}

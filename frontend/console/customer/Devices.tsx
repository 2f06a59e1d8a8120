import { Cpu, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Device } from '../api/types'
import { useI18n } from '../i18n'
import { Button, IconButton } from '../ui/Button'
import { Skeleton } from '../ui/states'
import { DeviceForm } from './DeviceForm'
import { useDeviceActions, useDevices } from './useDevices'

/** What stands at the customer: error codes that several devices share are told apart by it. */
export function Devices({ customer }: { customer: string }) {
  const { t } = useI18n()
  const found = useDevices(customer)
  const [edited, setEdited] = useState<string | null>(null)
  const items = found.data ?? []
  const close = () => setEdited(null)
  return (
    <section className="context-section" aria-labelledby="devices-title">
      <header className="section-head">
        <h2 id="devices-title" className="section-title">
          <Cpu size={16} aria-hidden="true" />
          {t('devices.title')}
        </h2>
        {found.isSuccess && edited === null && (
          <Button small variant="quiet" icon={Plus} onClick={() => setEdited('')}>
            {t('devices.add')}
          </Button>
        )}
      </header>
      {found.isPending && <Skeleton rows={1} height={40} />}
      {found.isError && <p className="muted">{t('devices.error')}</p>}
      {found.isSuccess && items.length === 0 && edited === null && <p className="muted">{t('devices.empty')}</p>}
      {items.length > 0 && (
        <ul className="devices">
          {items.map((device) => (
            <li key={device.id}>
              {edited === device.id ? (
                <DeviceForm customer={customer} device={device} onDone={close} />
              ) : (
                <DeviceLine customer={customer} device={device} onEdit={() => setEdited(device.id)} />
              )}
            </li>
          ))}
        </ul>
      )}
      {edited === '' && <DeviceForm customer={customer} onDone={close} />}
    </section>
  )
}

type LineProps = { customer: string; device: Device; onEdit: () => void }

function DeviceLine({ customer, device, onEdit }: LineProps) {
  const { t } = useI18n()
  const { remove } = useDeviceActions(customer)
  return (
    <div className="device">
      <div className="device-text">
        <span className="device-name">
          {device.name} {device.serial && <span className="mono muted">{device.serial}</span>}
        </span>
        {device.place && <span className="muted">{device.place}</span>}
      </div>
      <IconButton label={t('devices.edit', { name: device.name })} icon={Pencil} onClick={onEdit} />
      <IconButton
        label={t('devices.remove', { name: device.name })}
        icon={Trash2}
        onClick={() => !remove.isPending && remove.mutate(device)}
      />
    </div>
  )
}

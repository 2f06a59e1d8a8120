import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Device, DeviceFamily, DeviceValues } from '../api/types'
import { reportError } from '../app/errors'
import { useI18n } from '../i18n'
import { showToast } from '../ui/toast'

const pathOf = (customer: string) => `/api/customers/${customer}/devices`

/** What stands at this customer. */
export function useDevices(customer: string) {
  return useQuery({
    queryKey: ['devices', customer],
    queryFn: async ({ signal }) => (await api.get<{ items: Device[] }>(pathOf(customer), signal)).items,
  })
}

/** The families and models to choose from. */
export function useDeviceFamilies() {
  return useQuery({
    queryKey: ['device-families'],
    queryFn: async ({ signal }) => (await api.get<{ items: DeviceFamily[] }>('/api/device-families', signal)).items,
    staleTime: 60_000,
  })
}

/** Whatever changes a device changes what knowledge has to say, too. */
export function useDeviceActions(customer: string) {
  const queries = useQueryClient()
  const { t } = useI18n()
  const onSuccess = () => {
    for (const key of [['devices', customer], ['suggestions']]) queries.invalidateQueries({ queryKey: key })
  }
  const onError = (error: unknown) => reportError(error, t)
  const bringBack = useMutation({
    mutationFn: (id: string) => api.patch(`${pathOf(customer)}/${id}`, { active: true }),
    onSuccess,
    onError,
  })
  return {
    save: useMutation({
      mutationFn: ({ id, ...values }: DeviceValues & { id?: string }) =>
        id ? api.patch(`${pathOf(customer)}/${id}`, values) : api.post(pathOf(customer), values),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (device: Device) => api.remove(`${pathOf(customer)}/${device.id}`),
      onSuccess: (_, device) => {
        onSuccess()
        const undo = { label: t('common.undo'), run: () => bringBack.mutate(device.id) }
        showToast('info', t('devices.removed', { name: device.name }), undo)
      },
      onError,
    }),
  }
}

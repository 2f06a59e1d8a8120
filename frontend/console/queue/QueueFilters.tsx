import { useQuery } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { api } from '../api/client'
import type { Named, QueueView } from '../api/types'
import { type Key, useI18n } from '../i18n'
import { channelKey, FILTER_CHANNELS } from '../ui/Channel'
import { useStore } from '../ui/useStore'
import { changeFilter, queueFilter } from './filter'
import { useQueueCounts } from './useQueue'

const VIEWS: { view: QueueView; key: Key }[] = [
  { view: 'open', key: 'queue.open' },
  { view: 'mine', key: 'queue.mine' },
  { view: 'waiting', key: 'queue.waiting' },
  { view: 'closed', key: 'queue.closed' },
]

export function useTeams() {
  return useQuery({
    queryKey: ['teams'],
    queryFn: ({ signal }) => api.all<Named>('/api/teams', signal),
  })
}

export function QueueFilters() {
  const { t, format } = useI18n()
  const filter = useStore(queueFilter)
  const counts = useQueueCounts().data
  const teams = useTeams().data ?? []
  return (
    <div className="queue-filters">
      <Tabs.Root
        value={filter.view}
        onValueChange={(view) => changeFilter({ view: view as QueueView })}
        activationMode="manual"
      >
        <Tabs.List className="segments" aria-label={t('queue.views')}>
          {VIEWS.map(({ view, key }) => (
            <Tabs.Trigger key={view} value={view} className="segment" aria-controls={undefined}>
              {t(key)}
              {view !== 'closed' && counts && <span className="segment-count">{format.number(counts[view])}</span>}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
      </Tabs.Root>
      <div className="queue-selects">
        <select
          className="select select-small"
          aria-label={t('queue.filter_team')}
          value={filter.team}
          onChange={(event) => changeFilter({ team: event.target.value })}
        >
          <option value="">{t('queue.all_teams')}</option>
          {teams.map((team) => (
            <option key={team.id} value={team.id}>
              {team.name}
            </option>
          ))}
        </select>
        <select
          className="select select-small"
          aria-label={t('queue.filter_channel')}
          value={filter.channel}
          onChange={(event) => changeFilter({ channel: event.target.value })}
        >
          <option value="">{t('queue.all_channels')}</option>
          {FILTER_CHANNELS.map((channel) => (
            <option key={channel} value={channel}>
              {t(channelKey(channel))}
            </option>
          ))}
        </select>
      </div>
    </div>
  )
}

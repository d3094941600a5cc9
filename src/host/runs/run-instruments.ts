import type {ReportInstrument} from '../report/report-data.ts';
import type {StoredRun} from '../store/run-reading.ts';

/** The instruments of a run as they were when its first stream began. */
export function instrumentsOf({descriptors}: StoredRun): ReportInstrument[] {
  const [first] = descriptors;
  if (!first) return [];
  return Object.entries(first.configuration).map(([role, {data}]) => ({
    role,
    model: String(data['model'] ?? ''),
    identity: String(data['identity'] ?? ''),
    settings: Object.fromEntries(
      Object.entries(data).filter(([key]) => key !== 'model' && key !== 'identity'),
    ),
  }));
}

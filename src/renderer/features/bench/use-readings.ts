import {useEffect, useState} from 'react';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {client, follow} from '../../connection/index.ts';
import {notifyProblem} from '../../parts/index.ts';
import {SeriesRing} from '../../viewer/index.ts';

export interface ReadingColumn {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
}

export interface Readings {
  readonly columns: readonly ReadingColumn[];
  readonly ring: SeriesRing;
}

type ReadingsAnswer = ApiOutputs['bench']['readings'];

const signatureOf = (columns: readonly ReadingColumn[]): string => columns.map(({name}) => name).join(' ');

/** Live readings of all columns in a ring, filled outside of React; null before the first answer. */
export function useReadings(): Readings | null {
  const [readings, setReadings] = useState<Readings | null>(null);
  useEffect(() => {
    const ending = new AbortController();
    let current: Readings | null = null;
    const take = ({timeS, columns}: ReadingsAnswer): void => {
      if (!current || signatureOf(current.columns) !== signatureOf(columns)) {
        current = {
          columns: columns.map(({name, label, unit}) => ({name, label, unit})),
          ring: new SeriesRing(columns.length),
        };
        setReadings(current);
      }
      const {ring} = current;
      const row = new Float32Array(columns.length);
      timeS.forEach((time, index) => {
        columns.forEach(({values}, channel) => (row[channel] = values[index] ?? NaN));
        if (!(time < ring.newestS)) ring.push(time, row);
      });
    };
    follow({
      signal: ending.signal,
      ask: (question, options) => client.bench.readings(question, options),
      onAnswer: take,
      onNewHost: () => (current = null),
    }).catch(notifyProblem);
    return () => ending.abort();
  }, []);
  return readings;
}

import {keepPreviousData, useQueries, type UseQueryResult} from '@tanstack/react-query';
import {useEffect, useState, type ReactElement} from 'react';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {DigitPager, DigitTiles} from '../../parts/DigitTiles.tsx';
import {ProblemBox, Select} from '../../parts/index.ts';
import styles from './DesignPage.module.css';

const pageSize = 24;
const eachClass = 'each';
/** So many of each class on a page that shows all. */
const perClass = 3;
const labels = Array.from({length: 10}, (_, digit) => String(digit));
const classes = [
  {value: eachClass, label: 'some of each class'},
  ...labels.map((value) => ({value, label: `class ${value}`})),
];

/** A page of digits: of one class, or some of each. */
function useDigits(folder: string, label: string, page: number) {
  const limit = label === eachClass ? perClass : pageSize;
  return useQueries({
    queries: (label === eachClass ? labels : [label]).map((one) => ({
      ...queries.campaign.digits.queryOptions({
        input: {designFolder: folder, label: one, offset: page * limit, limit},
      }),
      placeholderData: keepPreviousData<ApiOutputs['campaign']['digits']>,
      staleTime: Infinity,
    })),
    combine: gather,
  });
}

/** All answers as one page; stays the same while they do. */
const gather = (answers: UseQueryResult<ApiOutputs['campaign']['digits']>[]) => ({
  digits: answers.flatMap(({data}) => data?.digits ?? []),
  total: Math.max(0, ...answers.map(({data}) => data?.total ?? 0)),
  error: answers.find(({error}) => error)?.error ?? null,
  refetch: () => Promise.all(answers.map((answer) => answer.refetch())),
});

/** Digits of the set as pictures, a page at a time; the first is chosen by itself. */
export function DigitPicker(props: {
  readonly folder: string;
  readonly chosenId: string | null;
  readonly onChoose: (id: string) => void;
}): ReactElement {
  const {folder, chosenId, onChoose} = props;
  const [label, setLabel] = useState(eachClass);
  const [page, setPage] = useState(0);
  const found = useDigits(folder, label, page);
  const {digits} = found;
  const firstId = digits[0]?.id;
  useEffect(() => {
    if (chosenId === null && firstId !== undefined) onChoose(firstId);
  }, [chosenId, firstId, onChoose]);
  const pageCount = Math.max(1, Math.ceil(found.total / (label === eachClass ? perClass : pageSize)));
  return (
    <div className={styles.digits}>
      <Select
        label="Digits"
        value={label}
        options={classes}
        onChange={(next) => {
          setLabel(next);
          setPage(0);
        }}
      />
      {found.error && (
        <ProblemBox
          problem={problemFrom(found.error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      <DigitTiles
        aria-label="Digit to predict"
        className={styles.digitGrid ?? ''}
        digits={digits}
        pictureSizePx={42}
        selectionMode="single"
        selectionBehavior="replace"
        disallowEmptySelection
        selectedKeys={chosenId === null ? [] : [chosenId]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys];
          if (key !== undefined) onChoose(String(key));
        }}
      />
      <DigitPager page={page} pageCount={pageCount} text={`${page + 1} of ${pageCount}`} onPage={setPage} />
    </div>
  );
}

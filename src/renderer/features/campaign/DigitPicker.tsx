import {keepPreviousData, useQuery} from '@tanstack/react-query';
import {type ReactElement, useState} from 'react';
import type {DigitChoice} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {DigitPager, DigitTiles} from '../../parts/DigitTiles.tsx';
import {Loading, ProblemBox, Select, countText} from '../../parts/index.ts';
import {withPicked} from './digit-selection.ts';
import styles from './CampaignPage.module.css';

const pageSize = 60;
const allClasses = 'all';
const classes = [
  {value: allClasses, label: 'All digits'},
  ...Array.from({length: 10}, (_, digit) => ({value: String(digit), label: `Only ${digit}`})),
];
const noDigits: readonly DigitChoice[] = [];

/** The set of digits as pictures, a page at a time; any number of them is picked. */
export function DigitPicker(props: {
  readonly designFolder: string | null;
  readonly pickedIds: readonly string[];
  /** The ids picked now, and the digits that are in view, whose pictures are known therefore. */
  readonly onPick: (ids: readonly string[], shown: readonly DigitChoice[]) => void;
}): ReactElement {
  const {designFolder, pickedIds, onPick} = props;
  const [label, setLabel] = useState(allClasses);
  const [page, setPage] = useState(0);
  const found = useQuery(
    queries.campaign.digits.queryOptions({
      input: {
        ...(designFolder === null ? {} : {designFolder}),
        ...(label === allClasses ? {} : {label}),
        offset: page * pageSize,
        limit: pageSize,
      },
      placeholderData: keepPreviousData,
      staleTime: Infinity,
    }),
  );
  const digits = found.data?.digits ?? noDigits;
  const total = found.data?.total ?? 0;
  const pageCount = Math.max(1, Math.ceil(total / pageSize));
  const shownIds = digits.map(({id}) => id);
  return (
    <>
      <div className={styles.pickerHead}>
        <Select
          label="Digits of the set"
          isLabelHidden
          value={label}
          options={classes}
          onChange={(next) => {
            setLabel(next);
            setPage(0);
          }}
        />
        <DigitPager
          page={page}
          pageCount={pageCount}
          text={`page ${page + 1} of ${pageCount}, ${countText(total)} digits`}
          onPage={setPage}
        />
      </div>
      {found.error && (
        <ProblemBox
          problem={problemFrom(found.error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {found.isPending && <Loading what="the digits" />}
      <DigitTiles
        aria-label="Digits of the set"
        className={styles.digitGrid ?? ''}
        digits={digits}
        pictureSizePx={40}
        selectionMode="multiple"
        escapeKeyBehavior="none"
        selectedKeys={pickedIds}
        onSelectionChange={(keys) => {
          const wanted = new Set(keys === 'all' ? shownIds : [...keys].map(String));
          onPick(withPicked(pickedIds, wanted, shownIds), digits);
        }}
      />
    </>
  );
}

import {keepPreviousData, useQuery} from '@tanstack/react-query';
import {type ReactElement, useState} from 'react';
import {ListBox, ListBoxItem} from 'react-aria-components';
import type {DigitChoice} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {DigitThumbnail} from '../../parts/DigitThumbnail.tsx';
import {Button, Loading, ProblemBox, Select, countText} from '../../parts/index.ts';
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
        <Pager page={page} total={found.data?.total ?? 0} onPage={setPage} />
      </div>
      {found.error && (
        <ProblemBox
          problem={problemFrom(found.error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {found.isPending && <Loading what="the digits" />}
      <ListBox
        aria-label="Digits of the set"
        layout="grid"
        className={styles.digitGrid ?? ''}
        items={digits}
        selectionMode="multiple"
        escapeKeyBehavior="none"
        selectedKeys={pickedIds}
        onSelectionChange={(keys) => {
          const wanted = new Set(keys === 'all' ? shownIds : [...keys].map(String));
          onPick(withPicked(pickedIds, wanted, shownIds), digits);
        }}
      >
        {(digit) => (
          <ListBoxItem
            id={digit.id}
            textValue={`${digit.label}, ${digit.sample}`}
            aria-label={`Digit ${digit.label}, ${digit.sample}`}
            className={styles.digit ?? ''}
          >
            <DigitThumbnail picture={digit.picture} sizePx={40} />
            <span>{digit.label}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </>
  );
}

function Pager(props: {
  readonly page: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}): ReactElement {
  const {page, total, onPage} = props;
  const pageCount = Math.max(1, Math.ceil(total / pageSize));
  return (
    <div className={styles.pager}>
      <Button isCompact aria-label="Digits before" isDisabled={page === 0} onPress={() => onPage(page - 1)}>
        ‹
      </Button>
      <span>
        page {page + 1} of {pageCount}, {countText(total)} digits
      </span>
      <Button
        isCompact
        aria-label="Digits after"
        isDisabled={page + 1 >= pageCount}
        onPress={() => onPage(page + 1)}
      >
        ›
      </Button>
    </div>
  );
}

import type {ReactElement} from 'react';
import {ListBox, ListBoxItem, type ListBoxProps} from 'react-aria-components';
import type {DigitChoice} from '../../contract/api/index.ts';
import {Button} from './Button.tsx';
import {DigitThumbnail} from './DigitThumbnail.tsx';
import styles from './DigitTiles.module.css';

/** A page of digits as pictures, of which one or several are chosen by their ids. */
export function DigitTiles(
  props: Omit<ListBoxProps<DigitChoice>, 'items' | 'layout' | 'children'> & {
    readonly digits: readonly DigitChoice[];
    readonly pictureSizePx: number;
  },
): ReactElement {
  const {digits, pictureSizePx, ...choice} = props;
  return (
    <ListBox {...choice} layout="grid" items={digits}>
      {(digit) => <DigitTile id={digit.id} digit={digit} text={digit.label} pictureSizePx={pictureSizePx} />}
    </ListBox>
  );
}

/** One of a list of digits: its picture, as far as it is known, and `text` below it. */
export function DigitTile(props: {
  readonly id: string;
  readonly digit: DigitChoice | undefined;
  readonly text: string;
  readonly pictureSizePx: number;
}): ReactElement {
  const {id, digit, text, pictureSizePx} = props;
  return (
    <ListBoxItem
      id={id}
      textValue={digit ? `${digit.label}, ${digit.sample}` : id}
      aria-label={digit ? `Digit ${digit.label}, ${digit.sample}` : id}
      className={styles.tile ?? ''}
    >
      {digit && <DigitThumbnail picture={digit.picture} sizePx={pictureSizePx} />}
      <span>{text}</span>
    </ListBoxItem>
  );
}

/** Turns the pages of digits; `page` counts from 0, `text` says which one is shown. */
export function DigitPager(props: {
  readonly page: number;
  readonly pageCount: number;
  readonly text: string;
  readonly onPage: (page: number) => void;
}): ReactElement {
  const {page, pageCount, text, onPage} = props;
  return (
    <div className={styles.pager}>
      <Button isCompact aria-label="Digits before" isDisabled={page === 0} onPress={() => onPage(page - 1)}>
        ‹
      </Button>
      <span>{text}</span>
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

import type {ReactElement} from 'react';
import type {DigitChoice} from '../../contract/api/index.ts';
import {Thumbnail} from '../viewer/index.ts';
import {picturePlane} from './digit-picture.ts';

const greyRange = [0, 255] as const;

/** A digit as people see it, `sizePx` drawing pixels wide. It says nothing to screen readers: the words beside it do. */
export function DigitThumbnail(props: {
  readonly picture: DigitChoice['picture'];
  readonly sizePx: number;
}): ReactElement {
  return (
    <Thumbnail
      label=""
      plane={picturePlane(props.picture)}
      sizePx={props.sizePx}
      colourMap="grey"
      range={greyRange}
    />
  );
}

import type {ReactElement} from 'react';
import type {DrawnPlanes} from '../../../contract/calibrate-offers.ts';
import {Thumbnail, type Plane} from '../../viewer/index.ts';
import styles from './CalibratePage.module.css';

/** Output planes of one drawn object side by side, before and after. */
export function DrawnPictures({planes}: {readonly planes: DrawnPlanes}): ReactElement {
  const {label, side, stepMm, values} = planes;
  const reachMm = ((side - 1) / 2) * stepMm;
  return (
    <div className={styles.pictures} role="group" aria-label={`Output planes of a drawn ${label}`}>
      {values.map(({name, power}) => {
        const plane: Plane = {
          rows: side,
          columns: side,
          values: Float32Array.from(power),
          xMm: [-reachMm, reachMm],
          yMm: [-reachMm, reachMm],
        };
        return (
          <figure key={name}>
            <Thumbnail
              label={`Output plane of a ${label}, ${name}`}
              plane={plane}
              sizePx={160}
              scale="sqrt"
            />
            <figcaption>{name}</figcaption>
          </figure>
        );
      })}
    </div>
  );
}

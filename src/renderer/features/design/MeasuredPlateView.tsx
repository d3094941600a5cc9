import type {ReactElement} from 'react';
import {countOf} from '../../../base/count-text.ts';
import {fixedText} from '../../../base/number-format.ts';
import type {MeasuredPlate} from '../../../contract/api/index.ts';
import {HeatMap} from '../../viewer/index.ts';
import styles from './DesignPage.module.css';

const axisLabels = {x: 'x', y: 'y'};

/** How a measured plate differs from its design: a map that is turned or mirrored hardly correlates with it. */
export function MeasuredPlateView({found}: {readonly found: MeasuredPlate}): ReactElement {
  const {plate, errorMm, rmsMm, largestMm, meanMm, correlation, missingCount} = found;
  return (
    <div className={styles.largeMaps} role="status">
      <div className={styles.previewMap}>
        <HeatMap
          label={`Measured minus designed height of plate ${plate}, seen from the detector`}
          plane={errorMm}
          unit="mm"
          quantity="difference"
          colourMap="diverging"
          scale="symmetric"
          axisLabels={axisLabels}
        />
      </div>
      <div className={styles.largeSide}>
        <p>
          Measured minus designed: {fixedText(rmsMm, 4)} mm RMS, {fixedText(largestMm, 4)} mm at most,{' '}
          {fixedText(meanMm, 4)} mm in the mean.
        </p>
        {correlation !== null && (
          <p>
            The measured relief correlates with the designed one by {fixedText(correlation, 3)}. A map that is
            turned, mirrored or of another plate has a low one.
          </p>
        )}
        {missingCount > 0 && (
          <p>{countOf(missingCount, 'sample was', 'samples were')} not measured and are taken as designed.</p>
        )}
      </div>
    </div>
  );
}
